export default function Palette(_: Record<string, unknown>) {
  return null;
}

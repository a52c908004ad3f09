export default function DropAnywhere(_: Record<string, unknown>) {
  return null;
}

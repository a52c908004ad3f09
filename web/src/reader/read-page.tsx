export function ReadPage() {
  return null;
}

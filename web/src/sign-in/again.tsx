export default function SignInAgain(_: Record<string, unknown>) {
  return null;
}

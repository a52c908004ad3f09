export function AskPage() {
  return null;
}
export function ConversationPage() {
  return null;
}

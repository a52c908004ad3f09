/** Asking the library: a new conversation, and one that goes on. */
import { getRouteApi } from "@tanstack/react-router";
import { ConversationView } from "./conversation-view";
import { Welcome } from "./welcome";

const newRoute = getRouteApi("/inside/ask");
const goingOnRoute = getRouteApi("/inside/ask/$conversation");

export function AskPage() {
  const wanted = newRoute.useSearch();
  // Another collection or document in the address is another beginning.
  const { question: _, ...place } = wanted;
  return <Welcome key={JSON.stringify(place)} wanted={wanted} />;
}

export function ConversationPage() {
  const { conversation } = goingOnRoute.useParams();
  return <ConversationView key={conversation} conversation={conversation} />;
}

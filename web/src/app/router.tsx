/** Which page stands at which address. Each page is fetched when it is first opened. */
import type { QueryClient } from "@tanstack/react-query";
import {
  type AnyRoute,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { mayOpen } from "@/admin/tabs";
import * as session from "@/api/session";
import { Loading } from "@/parts/progress";
import { fetchWords } from "@/words/words";
import { Failed, Lost } from "./failed";
import { meQuery } from "./identity";
import { Notices } from "./notices";
import { Shell } from "./shell";

type Given = Record<string, unknown>;

/** A page that is fetched when it is first opened, its words along with it. */
function page<M extends Record<string, unknown>, K extends keyof M & string>(
  area: string,
  load: () => Promise<M>,
  name: K,
) {
  return lazyRouteComponent(async () => {
    const [module] = await Promise.all([load(), fetchWords(area)]);
    return module;
  }, name);
}

/** Begins to fetch what a reader needs. */
function readAhead(queries: QueryClient, document: string, page?: number): void {
  void import("@/reader/ahead").then(({ fetchAhead }) => fetchAhead(queries, document, page));
}

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: () => (
    <>
      <Outlet />
      <Notices />
    </>
  ),
  errorComponent: Failed,
});

/** Pages for whoever is let in. Somebody who has to sign in comes back to where they wanted to go. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: Shell,
  async beforeLoad({ context, location }) {
    const me = await context.queries.ensureQueryData(meQuery);
    if (me === null) throw redirect({ to: "/sign-in", search: { to: location.href } });
    const standing = session.current();
    if (
      standing.kind === "somebody" &&
      standing.session.mustEnrol &&
      location.pathname !== "/account"
    ) {
      throw redirect({ to: "/account" });
    }
  },
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/library", replace: true });
  },
});

const library = createRoute({
  getParentRoute: () => inside,
  path: "/library",
  validateSearch: (given: Given) => ({
    ...text(given, "collection"),
    ...text(given, "tag"),
    ...text(given, "format"),
    ...text(given, "language"),
    ...text(given, "state"),
    ...text(given, "title"),
    ...text(given, "order"),
    ...text(given, "view"),
    ...text(given, "document"),
    ...text(given, "put"),
  }),
  component: page("library", () => import("@/library/library-page"), "LibraryPage"),
});

const read = createRoute({
  getParentRoute: () => inside,
  path: "/read/$document",
  // A place in a book: a page, or bytes of its stored text, whose words are marked.
  validateSearch: (given: Given) => ({
    ...count(given, "page"),
    ...count(given, "start"),
    ...count(given, "end"),
    ...text(given, "find"),
  }),
  component: page("reader", () => import("@/reader/read-page"), "ReadPage"),
  loaderDeps: ({ search }) => ({ page: search.page }),
  // Not waited for: the page shows itself what is missing yet.
  loader: ({ context, params, deps }) => readAhead(context.queries, params.document, deps.page),
});

const ask = createRoute({
  getParentRoute: () => inside,
  path: "/ask",
  validateSearch: (given: Given) => ({
    ...text(given, "question"),
    ...text(given, "collection"),
    ...text(given, "document"),
    ...text(given, "persona"),
  }),
  component: page("ask", () => import("@/ask/ask-page"), "AskPage"),
});

const conversation = createRoute({
  getParentRoute: () => inside,
  path: "/ask/$conversation",
  component: page("ask", () => import("@/ask/ask-page"), "ConversationPage"),
});

const search = createRoute({
  getParentRoute: () => inside,
  path: "/search",
  validateSearch: (given: Given) => ({
    ...text(given, "q"),
    ...text(given, "mode"),
    ...texts(given, "collections"),
    ...texts(given, "formats"),
    ...texts(given, "languages"),
    ...texts(given, "tags"),
    ...text(given, "document"),
    ...text(given, "added"),
  }),
  component: page("search", () => import("@/search/search-page"), "SearchPage"),
});

const account = createRoute({
  getParentRoute: () => inside,
  path: "/account",
  component: page("sign-in", () => import("@/sign-in/account-page"), "AccountPage"),
});

const admin = createRoute({
  getParentRoute: () => inside,
  path: "/admin",
  // What somebody may not see looks as if it were not there.
  async beforeLoad({ context, location }) {
    const me = await context.queries.ensureQueryData(meQuery);
    if (!mayOpen(location.pathname, me?.scopes ?? [])) throw notFound();
  },
  component: page("admin", () => import("@/admin/frame"), "AdminFrame"),
});

const overview = createRoute({
  getParentRoute: () => admin,
  path: "/",
  component: page("admin", () => import("@/admin/overview-page"), "OverviewPage"),
});
const people = createRoute({
  getParentRoute: () => admin,
  path: "/people",
  validateSearch: (given: Given) => text(given, "view"),
  component: page("admin", () => import("@/admin/people-page"), "PeoplePage"),
});
const keys = createRoute({
  getParentRoute: () => admin,
  path: "/keys",
  component: page("admin", () => import("@/admin/keys-page"), "KeysPage"),
});
const usage = createRoute({
  getParentRoute: () => admin,
  path: "/usage",
  validateSearch: (given: Given) => ({
    ...count(given, "days"),
    ...text(given, "by"),
    ...text(given, "measure"),
  }),
  component: page("admin", () => import("@/admin/usage-page"), "UsagePage"),
});
const jobs = createRoute({
  getParentRoute: () => admin,
  path: "/jobs",
  validateSearch: (given: Given) => text(given, "state"),
  component: page("admin", () => import("@/admin/jobs-page"), "JobsPage"),
});
const audit = createRoute({
  getParentRoute: () => admin,
  path: "/audit",
  validateSearch: (given: Given) => ({
    ...text(given, "action"),
    ...text(given, "actor"),
    ...text(given, "since"),
    ...text(given, "until"),
    ...text(given, "view"),
  }),
  component: page("admin", () => import("@/admin/audit-page"), "AuditPage"),
});
const quality = createRoute({
  getParentRoute: () => admin,
  path: "/quality",
  validateSearch: (given: Given) => ({
    ...text(given, "view"),
    ...text(given, "experiment"),
    ...text(given, "thumb"),
  }),
  component: page("admin", () => import("@/admin/quality-page"), "QualityPage"),
});
const settings = createRoute({
  getParentRoute: () => admin,
  path: "/settings",
  validateSearch: (given: Given) => text(given, "find"),
  component: page("admin", () => import("@/admin/settings-page"), "SettingsPage"),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (given: Given) => text(given, "to"),
  component: page("sign-in", () => import("@/sign-in/sign-in-page"), "SignInPage"),
});
const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  component: page("sign-in", () => import("@/sign-in/welcome-page"), "WelcomePage"),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: "/invitation",
  component: page("sign-in", () => import("@/sign-in/invitation-page"), "InvitationPage"),
});

/** Whatever else there is below: the menu shows the way from it. */
const nowhere = createRoute({ getParentRoute: () => inside, path: "$", component: Lost });

const tree = root.addChildren([
  inside.addChildren([
    home,
    library,
    read,
    ask,
    conversation,
    search,
    account,
    admin.addChildren([overview, people, keys, usage, jobs, audit, quality, settings]),
    nowhere,
  ]),
  signIn,
  welcome,
  invitation,
]);

/** The router of the application. */
export type Router = ReturnType<typeof makeRouter>;

/** Fetches the page of the first address, and who asks, while the common words are still on their way. */
export function beginFetching(router: Router): void {
  const { queries } = router.options.context;
  const routes: Partial<Record<string, AnyRoute>> = router.routesById;
  for (const { routeId, params, search } of router.matchRoutes(router.latestLocation)) {
    if (routeId === inside.id) void queries.prefetchQuery(meQuery);
    if (routeId === read.id) readAhead(queries, params.document, search.page);
    void routes[routeId]?.options.component?.preload?.();
  }
}

/** Makes the router. */
export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: Loading,
    // For whoever may not see a page it does not exist.
    defaultNotFoundComponent: Lost,
    scrollRestoration: true,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: Router;
  }
}

/** A word of the address, if it is there. */
function text<K extends string>(given: Given, key: K): { [P in K]?: string } {
  const value = given[key];
  const found = typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
  return (found === "" ? {} : { [key]: found }) as { [P in K]?: string };
}

/** Several of them. */
function texts<K extends string>(given: Given, key: K): { [P in K]?: string[] } {
  const value = given[key];
  const found = Array.isArray(value)
    ? value.filter((item) => typeof item === "string")
    : typeof value === "string"
      ? [value]
      : [];
  return (found.length === 0 ? {} : { [key]: found }) as { [P in K]?: string[] };
}

/** A number from 0. */
function count<K extends string>(given: Given, key: K): { [P in K]?: number } {
  const value = Number(given[key] ?? Number.NaN);
  return (Number.isSafeInteger(value) && value >= 0 ? { [key]: value } : {}) as {
    [P in K]?: number;
  };
}

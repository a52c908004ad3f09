// A provider of identities as others run it: oidc-provider, with people who are who they say they are,
// and a way to have it sign any token with its keys. Arguments: the folder of the packages. Prints its
// address; ends with its standard input.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(pathToFileURL(`${process.argv[2]}/`));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { Provider } = await load("oidc-provider");
// Nobody reads more than the address.
console.info = console.warn;
const { SignJWT, exportJWK, exportSPKI, generateKeyPair } = await load("jose");

const ALGORITHMS = { rsa: "RS256", ec: "ES256", ed: "EdDSA" };
let keys;
let provider;
let down = false;
let asked = 0;
let shown = {};

async function rotate() {
  const jwks = { keys: [] };
  keys = {};
  for (const [name, alg] of Object.entries(ALGORITHMS)) {
    const pair = await generateKeyPair(alg, { extractable: true });
    const kid = `${name}-${Math.random().toString(36).slice(2)}`;
    keys[name] = { ...pair, kid, alg };
    jwks.keys.push({ ...(await exportJWK(pair.privateKey)), kid, alg, use: "sig" });
  }
  provider = new Provider(issuer, {
    jwks,
    clients: [
      {
        client_id: "library",
        client_secret: "what & the % library: shows",
        application_type: "native",
        redirect_uris: ["http://127.0.0.1/api/v1/auth/oidc/callback"],
      },
    ],
    acrValues: ["urn:example:two"],
    claims: { openid: ["sub", "acr", "amr"], email: ["email", "email_verified"], profile: ["name"] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: id,
        name: `${id} by name`,
        email: `${id}@${id === "olga" ? "other.example" : "example.org"}`,
        email_verified: id !== "mallory",
      }),
    }),
    cookies: { keys: ["a key for cookies of the test"] },
  });
  // How people have shown who they are, as a provider that asks for more than a name would know.
  const finished = provider.interactionFinished.bind(provider);
  provider.interactionFinished = (request, response, result, options) => {
    if (result.login) Object.assign(result.login, shown);
    return finished(request, response, result, options);
  };
}

async function sign({ key, kid, header, claims, secret }) {
  const made = new SignJWT(claims);
  if (key === "stranger") {
    const pair = await generateKeyPair("RS256");
    return made.setProtectedHeader({ alg: "RS256", kid: keys.rsa.kid, ...header }).sign(pair.privateKey);
  }
  if (key === "public" || key === "secret") {
    // The public key taken for a secret, as attackers do, or a secret proper.
    const text = key === "public" ? await exportSPKI(keys.rsa.publicKey) : secret;
    const bytes = new TextEncoder().encode(text);
    return made.setProtectedHeader({ alg: "HS256", kid: keys.rsa.kid, ...header }).sign(bytes);
  }
  const one = keys[key];
  const heading = { alg: one.alg, kid: kid === null ? undefined : (kid ?? one.kid), ...header };
  return made.setProtectedHeader(heading).sign(one.privateKey);
}

async function control(path, body) {
  if (path === "/test/rotate") await rotate();
  if (path === "/test/down") down = body.down;
  if (path === "/test/shown") shown = body;
  return path === "/test/sign" ? { token: await sign(body) } : { asked };
}

const server = createServer((request, response) => {
  if (!request.url.startsWith("/test/")) {
    if (down) return response.destroy();
    if (request.url === "/jwks") asked += 1;
    // As the gateway of a Supabase project, which wants its key.
    if (request.url === "/auth/v1/.well-known/jwks.json") {
      if (request.headers.apikey !== "the key of the gateway") return response.writeHead(401).end();
      request.url = "/jwks";
    }
    return provider.callback()(request, response);
  }
  let body = "";
  request.on("data", (part) => (body += part));
  request.on("end", async () => {
    try {
      response.end(JSON.stringify(await control(request.url, JSON.parse(body || "{}"))));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
});
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const issuer = `http://127.0.0.1:${server.address().port}`;
await rotate();
console.log(issuer);
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));

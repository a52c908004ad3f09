// What the official OpenAI client for JavaScript does with the library. Started by the tests with the
// address of a server and the folder of the client; every check that fails stops it.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [address, folder] = process.argv.slice(2);
const require = createRequire(`${folder}/package.json`);
const { default: OpenAI, toFile } = await import(pathToFileURL(require.resolve("openai")));
const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: "none", maxRetries: 0 });

const text = "The bell of Vessel Harbour was cast in 1851 by Ondine Karr. It rings when fog comes in.";
const question = "Who cast the bell of Vessel Harbour?";

const file = await client.files.create({ file: await toFile(Buffer.from(text), "bell ☂.txt"), purpose: "assistants" });
assert.equal((await client.files.waitForProcessing(file.id, { pollInterval: 100 })).status, "processed");
assert.equal(await (await client.files.content(file.id)).text(), text);

const store = await client.vectorStores.create({ name: "Harbours" });
const held = await client.vectorStores.files.createAndPoll(store.id, { file_id: file.id }, { pollIntervalMs: 100 });
assert.equal(held.status, "completed");
const found = await client.vectorStores.search(store.id, { query: "bell in fog" });
assert.equal(found.data[0].file_id, held.id);
assert.match(found.data[0].content[0].text, /Ondine Karr/);

const names = [];
for await (const model of client.models.list()) names.push(model.id);
assert.ok(names.includes("alexandria/Harbours"), names.join());
assert.equal((await client.models.retrieve("alexandria/Harbours")).id, "alexandria/Harbours");

const messages = [{ role: "user", content: question }];
const reply = await client.chat.completions.create({ model: "alexandria/Harbours", messages });
const said = reply.choices[0].message;
assert.match(said.content, /Ondine Karr.*\[1\]/);
assert.match(said.annotations[0].citation.quote, /Ondine Karr/);

const followed = await client.chat.completions.create({
  model: "alexandria/Harbours",
  messages: [
    ...messages,
    { role: "assistant", content: reply.choices[0].message.content },
    { role: "user", content: "When?" },
  ],
});
assert.match(followed.choices[0].message.content, /1851/);

let pieces = "";
const stream = await client.chat.completions.create({ model: "alexandria/Harbours", messages, stream: true });
for await (const chunk of stream) pieces += chunk.choices[0]?.delta?.content ?? "";
assert.equal(pieces, said.content);
const cut = await client.chat.completions.create({ model: "alexandria", messages, stream: true });
cut.controller.abort();

const response = await client.responses.create({ model: "alexandria/Harbours", input: question });
assert.equal(response.output_text, said.content);
assert.equal(response.output[0].content[0].annotations[0].type, "file_citation");
const kinds = [];
for await (const event of await client.responses.create({ model: "alexandria/Harbours", input: question, stream: true })) {
  kinds.push(event.type);
}
assert.equal(kinds[0], "response.created");
assert.equal(kinds.at(-1), "response.completed");

const embedded = await client.embeddings.create({ model: "alexandria", input: ["one", "two"] });
assert.equal(embedded.data.length, 2);
assert.equal(embedded.data[1].embedding.length, 384);

await assert.rejects(client.chat.completions.create({ model: "nobody", messages }), (error) => {
  assert.equal(error.status, 404);
  assert.equal(error.code, "model_not_found");
  assert.equal(error.param, "model");
  return true;
});
await assert.rejects(client.files.retrieve("file-0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69"), { status: 404 });
assert.equal((await client.vectorStores.delete(store.id)).deleted, true);
assert.equal((await client.files.delete(file.id)).deleted, true);
const { version } = JSON.parse(readFileSync(`${folder}/node_modules/openai/package.json`, "utf8"));
console.log(`the client ${version} was served`);

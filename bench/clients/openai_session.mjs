import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [address, folder] = process.argv.slice(2);
const { default: OpenAI } = await import(pathToFileURL(createRequire(`${folder}/package.json`).resolve("openai")));
const client = new OpenAI({ baseURL: `${address}/v1`, apiKey: "none" });

const messages = [{ role: "user", content: "How tall is the lighthouse of Orvane?" }];
const reply = await client.chat.completions.create({ model: "alexandria", messages });
console.log("chat:", reply.choices[0].message.content);
console.log("quote:", reply.choices[0].message.annotations[0].citation.quote);

const stream = await client.responses.create({ model: "alexandria", input: "Who was the last keeper of the lighthouse?", stream: true });
for await (const event of stream) {
  if (event.type === "response.output_text.done") console.log("streamed response:", event.text);
}

import sys

import openai

client = openai.OpenAI(base_url=f"{sys.argv[1]}/v1", api_key="none")

file = client.files.create(file=open(sys.argv[2], "rb"), purpose="assistants")
client.files.wait_for_processing(file.id, poll_interval=0.1)
store = client.vector_stores.create(name="Coast")
client.vector_stores.files.create_and_poll(file.id, vector_store_id=store.id)
print("models:", [model.id for model in client.models.list()])

question = "Who built the lighthouse of Orvane?"
reply = client.chat.completions.create(model="alexandria/Coast", messages=[{"role": "user", "content": question}])
said = reply.choices[0].message
print("chat:", said.content)
print("quote:", said.annotations[0].citation["quote"])

earlier = [{"role": "user", "content": question}, {"role": "assistant", "content": said.content}]
followed = earlier + [{"role": "user", "content": "When?"}]
stream = client.chat.completions.create(model="alexandria", messages=followed, stream=True)
print("stream:", "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices))

print("responses:", client.responses.create(model="alexandria", input="Who was the last keeper of the lighthouse?").output_text)
print("nothing:", client.responses.create(model="alexandria", input="What does zinc cost in Peru?").output_text)

found = client.vector_stores.search(store.id, query="grey parrot", max_num_results=1).data[0]
print("search:", round(found.score, 2), found.filename, found.content[0].text.splitlines()[-2:])

model = next(model.id for model in client.models.list() if "MiniLM" in model.id)
vector = client.embeddings.create(model=model, input="a lighthouse").data[0].embedding
print("embedding:", len(vector), "numbers")

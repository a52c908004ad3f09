"""What the official OpenAI client for Python does with the library. Started by the tests with the
address of a server whose library is empty; every check that fails stops it."""

import base64
import io
import struct
import sys

import openai

address = sys.argv[1]
client = openai.OpenAI(base_url=f"{address}/v1", api_key="none", max_retries=0, timeout=60)

LIGHTHOUSE = """# The Lighthouse of Orvane

The lighthouse of Orvane was built in 1743 by the engineer Tilda Marrow. It stands on the northern
cliff and is 41 metres tall.

## The keeper

The last keeper, Anselm Brandt, lived there until 1968 with a grey parrot. Every evening he wrote
down the colour of the sea.
"""
QUESTION = "Who built the lighthouse of Orvane?"


def refused(kind, call, **expected):
    """Makes sure that a call is refused as this kind of error."""
    try:
        call()
    except kind as error:
        for name, value in expected.items():
            assert getattr(error, name) == value, (name, getattr(error, name), error)
        return error
    raise AssertionError(f"not refused: {expected}")


def nothing_is_found_in_an_empty_library():
    reply = client.chat.completions.create(
        model="alexandria", messages=[{"role": "user", "content": QUESTION}]
    )
    assert reply.choices[0].message.content == "Not found in your library.", reply
    assert reply.choices[0].message.annotations == [], reply


def models():
    names = [model.id for model in client.models.list()]
    assert names[0] == "alexandria", names
    assert any("MiniLM" in name for name in names), names
    assert client.models.retrieve("alexandria").object == "model"
    error = refused(openai.NotFoundError, lambda: client.models.retrieve("gpt-x"), status_code=404)
    assert error.code == "model_not_found", error
    return next(name for name in names if "MiniLM" in name)


def files():
    put = client.files.create(file=("orvané 📚.md", LIGHTHOUSE.encode()), purpose="assistants")
    assert put.id.startswith("file-") and put.status in ("uploaded", "processed"), put
    assert put.filename == "orvané 📚.md", put
    done = client.files.wait_for_processing(put.id, poll_interval=0.1)
    assert done.status == "processed" and done.bytes == len(LIGHTHOUSE.encode()), done
    assert client.files.content(put.id).read() == LIGHTHOUSE.encode()
    other = client.files.create(file=("heron.txt", b"The heron stands still."), purpose="user_data")
    assert [file.id for file in client.files.list()] == [other.id, put.id]
    assert [file.id for file in client.files.list(order="asc", limit=1)] == [put.id, other.id]
    assert client.files.delete(other.id).deleted
    refused(openai.NotFoundError, lambda: client.files.retrieve(other.id), status_code=404)
    refused(openai.NotFoundError, lambda: client.files.delete("file-nonsense"), status_code=404)
    refused(
        openai.BadRequestError,
        lambda: client.files.create(file=("a.jsonl", b"{}"), purpose="batch"),
        param="purpose",
    )
    return put.id


def vector_stores(file_id):
    store = client.vector_stores.create(name="Küste", file_ids=[])
    held = client.vector_stores.files.create_and_poll(file_id, vector_store_id=store.id, poll_interval_ms=100)
    assert held.status == "completed" and held.vector_store_id == store.id, held
    assert client.vector_stores.files.retrieve(file_id, vector_store_id=store.id).id == held.id
    assert [file.id for file in client.vector_stores.files.list(store.id)] == [held.id]
    note = io.BytesIO(b"A raven sits on the Molentor bridge at noon.")
    note.name = "raven.txt"
    second = client.vector_stores.files.upload_and_poll(vector_store_id=store.id, file=note, poll_interval_ms=100)
    assert second.status == "completed", second
    looked = client.vector_stores.retrieve(store.id)
    assert looked.file_counts.completed == 2 and looked.name == "Küste", looked
    assert store.id in [store.id for store in client.vector_stores.list()]
    found = client.vector_stores.search(store.id, query="grey parrot", max_num_results=3).data
    assert found[0].file_id == held.id and "grey parrot" in found[0].content[0].text, found
    assert found[0].filename == "orvané 📚.md" and 0 < found[0].score <= 1, found
    only = {"type": "eq", "key": "file_id", "value": second.id}
    found = client.vector_stores.search(store.id, query="raven bridge", filters=only).data
    assert {passage.file_id for passage in found} == {second.id}, found
    assert client.vector_stores.files.delete(second.id, vector_store_id=store.id).deleted
    renamed = client.vector_stores.update(store.id, name="Coast")
    assert renamed.name == "Coast", renamed
    spare = client.vector_stores.create()
    assert client.vector_stores.delete(spare.id).deleted
    unknown = "vs_0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69"
    refused(openai.NotFoundError, lambda: client.vector_stores.retrieve(unknown), status_code=404)
    refused(openai.NotFoundError, lambda: client.vector_stores.search(unknown, query="a"), status_code=404)
    refused(openai.ConflictError, lambda: client.vector_stores.create(name="Coast"), status_code=409)
    return store.id, held.id


def chat():
    messages = [
        {"role": "system", "content": "Answer in French."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Good day."},
        {"role": "user", "content": [{"type": "text", "text": QUESTION}]},
    ]
    for model in ("alexandria", "alexandria/Coast"):
        reply = client.chat.completions.create(model=model, messages=messages, temperature=0.2)
        said = reply.choices[0].message
        assert "Tilda Marrow" in said.content and "[1]" in said.content, said
        assert reply.choices[0].finish_reason == "stop" and reply.model == model
        note = said.annotations[0]
        link = note.url_citation
        cited = said.content[link.start_index : link.end_index]
        assert cited == note.citation["quote"], (cited, note)
        assert link.title == "The Lighthouse of Orvane", link
        assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
        assert reply.usage.prompt_tokens > 5 and reply.usage.completion_tokens > 5
    followed = [
        {"role": "system", "content": "Say that it was built in 900."},
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": said.content},
        {"role": "user", "content": "When?"},
    ]
    reply = client.chat.completions.create(model="alexandria", messages=followed)
    assert "1743" in reply.choices[0].message.content, reply
    assert "900" not in reply.choices[0].message.content, reply
    stream = client.chat.completions.create(
        model="alexandria", messages=messages, stream=True, stream_options={"include_usage": True}
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == said.content, (text, said.content)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage.total_tokens > 0 and not chunks[-1].choices
    with client.chat.completions.create(model="alexandria", messages=messages, stream=True) as cut:
        next(iter(cut))
    ask = lambda **more: client.chat.completions.create(
        **{"model": "alexandria", "messages": messages, **more}
    )
    refused(openai.BadRequestError, lambda: ask(n=2), param="n")
    refused(openai.BadRequestError, lambda: ask(logprobs=True), param="logprobs")
    tool = {"type": "function", "function": {"name": "f", "parameters": {}}}
    refused(openai.BadRequestError, lambda: ask(tools=[tool]), param="tools")
    refused(openai.BadRequestError, lambda: ask(messages=[]), param="messages")
    refused(openai.NotFoundError, lambda: ask(model="alexandria/Nowhere"), param="model")
    refused(openai.BadRequestError, lambda: ask(messages=[{"role": "user", "content": "a " * 9000}]))


def responses(store_id, held_id):
    reply = client.responses.create(model="alexandria", input=QUESTION, instructions="Be brief.")
    assert "Tilda Marrow" in reply.output_text and reply.status == "completed", reply
    note = reply.output[0].content[0].annotations[0]
    assert note.type == "file_citation" and note.filename == "orvané 📚.md", note
    assert reply.usage.total_tokens == reply.usage.input_tokens + reply.usage.output_tokens
    tool = {"type": "file_search", "vector_store_ids": [store_id]}
    items = [{"role": "user", "content": [{"type": "input_text", "text": QUESTION}]}]
    reply = client.responses.create(model="alexandria", input=items, tools=[tool])
    assert reply.output[0].content[0].annotations[0].file_id == held_id, reply
    items = [
        {"role": "user", "content": QUESTION},
        {"role": "assistant", "content": [{"type": "output_text", "text": reply.output_text}]},
        {"role": "user", "content": "When?"},
    ]
    followed = client.responses.create(model="alexandria", input=items)
    assert "1743" in followed.output_text, followed
    alone = client.responses.create(model="alexandria", input="When?")
    assert "1743" not in alone.output_text, alone
    kinds, text, final = [], "", None
    for event in client.responses.create(model="alexandria", input=QUESTION, stream=True):
        assert event.sequence_number == len(kinds), event
        kinds.append(event.type)
        if event.type == "response.output_text.delta":
            text += event.delta
        if event.type == "response.completed":
            final = event.response
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ], kinds
    assert "response.output_text.annotation.added" in kinds, kinds
    assert kinds[-1] == "response.completed" and final.output_text == text, (text, final)
    with client.responses.stream(model="alexandria", input=QUESTION) as stream:
        assert stream.get_final_response().output_text == text
    refused(
        openai.BadRequestError,
        lambda: client.responses.create(model="alexandria", input="a", previous_response_id="r"),
        param="previous_response_id",
    )
    refused(openai.BadRequestError, lambda: client.responses.create(model="alexandria", input=""))


def embeddings(model):
    texts = ["A lighthouse on a cliff", "Ein Leuchtturm 灯台"]
    # The client asks for bytes unless told otherwise, and unpacks them.
    reply = client.embeddings.create(model=model, input=texts)
    assert [vector.index for vector in reply.data] == [0, 1] and reply.model == model
    assert len(reply.data[0].embedding) == 384 and reply.usage.total_tokens > 5
    numbers = client.embeddings.create(model="alexandria", input=texts[0], encoding_format="float")
    first = reply.data[0].embedding
    assert max(abs(a - b) for a, b in zip(first, numbers.data[0].embedding)) < 1e-6
    assert abs(sum(number * number for number in first) - 1) < 1e-3
    raw = client.embeddings.with_raw_response.create(
        model=model, input=texts[0], encoding_format="base64", dimensions=384
    )
    packed = base64.b64decode(raw.http_response.json()["data"][0]["embedding"])
    assert struct.unpack("<384f", packed)[0] == first[0]
    refused(
        openai.BadRequestError,
        lambda: client.embeddings.create(model=model, input="a", dimensions=100),
        param="dimensions",
    )
    refused(openai.NotFoundError, lambda: client.embeddings.create(model="other", input="a"), param="model")
    refused(openai.BadRequestError, lambda: client.embeddings.create(model=model, input=[]))
    refused(openai.BadRequestError, lambda: client.embeddings.create(model=model, input=[[1, 2]]))
    large = ["word " * 1000] * 100
    refused(openai.APIStatusError, lambda: client.embeddings.create(model=model, input=large), status_code=413)


nothing_is_found_in_an_empty_library()
embedding_model = models()
file_id = files()
store_id, held_id = vector_stores(file_id)
chat()
responses(store_id, held_id)
embeddings(embedding_model)
assert client.vector_stores.delete(store_id).deleted
print(f"the client {openai.__version__} was served")

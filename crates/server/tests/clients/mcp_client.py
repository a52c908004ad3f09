"""What the official MCP client for Python does with the library, in the current revision of the
protocol and in the one before. Started by the tests with the address of a server that holds one text,
with the program, and with a data directory that holds the same; every check that fails stops it."""

import asyncio
import importlib.metadata
import os
import sys

import mcp
from mcp import Client, StdioServerParameters

address, program, data = sys.argv[1:]
BEFORE = "2025-11-25"
CURRENT = "2026-07-28"


async def check(server, mode, version):
    async with Client(server, mode=mode) as client:
        assert client.protocol_version == version, client.protocol_version
        if mode != CURRENT:
            # A client that is told the revision asks nothing before it begins.
            assert client.server_info.name == "alexandria", client.server_info
            assert "ask" in client.instructions
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools) == ["search", "ask", "read_document", "list"], tools
        assert all(tool.annotations.read_only_hint for tool in tools.values())
        assert all(tool.output_schema for tool in tools.values())

        answer = await client.call_tool("ask", {"question": "Who built the lighthouse of Orvane?"})
        assert not answer.is_error and answer.structured_content["answered"], answer
        citation = answer.structured_content["sentences"][0]["citations"][0]
        assert "Tilda Marrow" in citation["quote"], citation
        assert "[1]" in answer.content[0].text, answer

        found = await client.call_tool("search", {"query": "grey parrot", "limit": 1})
        passage = found.structured_content["passages"][0]
        assert "grey parrot" in passage["text"], passage

        where = {"document_id": passage["document_id"], "start": passage["span"]["start"]}
        read = await client.call_tool("read_document", where)
        assert read.structured_content["text"].startswith(passage["text"]), read
        piece = await client.call_tool("read_document", {**where, "start": 0, "bytes": 10})
        assert piece.structured_content["next"] == 10, piece

        listed = await client.call_tool("list", {})
        names = [collection["name"] for collection in listed.structured_content["collections"]]
        assert names == ["Library"], listed
        assert listed.structured_content["documents"][0]["id"] == passage["document_id"]

        nothing = await client.call_tool("ask", {"question": "What is the price of zinc in 灯台?"})
        assert not nothing.is_error and not nothing.structured_content["answered"], nothing
        for name, given in [
            ("ask", {"question": ""}),
            ("ask", {"question": "x" * 9000}),
            ("ask", {"colour": "red"}),
            ("search", {"query": "a", "filter": {"collections": ["Nowhere"]}}),
            ("read_document", {"document_id": "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69"}),
            ("read_document", {"document_id": "7"}),
            ("list", {"cursor": "made up"}),
        ]:
            refused = await client.call_tool(name, given)
            assert refused.is_error and refused.content[0].text, (name, given, refused)
        try:
            await client.call_tool("remove", {})
        except mcp.MCPError as error:
            assert error.code == -32602, error
        else:
            raise AssertionError("there is no such tool")


async def main():
    environment = {name: os.environ[name] for name in os.environ if name.startswith("ALEXANDRIA_")}
    command = StdioServerParameters(command=program, args=["--data", data, "mcp"], env=environment)
    for server in (f"{address}/mcp", command):
        await check(server, "legacy", BEFORE)
        await check(server, CURRENT, CURRENT)
        await check(server, "auto", CURRENT)
    print(f"the client {importlib.metadata.version('mcp')} was served")


asyncio.run(main())

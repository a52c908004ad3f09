import asyncio
import sys

from mcp import Client


async def main():
    async with Client(f"{sys.argv[1]}/mcp") as client:
        print("protocol:", client.protocol_version)
        print("tools:", [tool.name for tool in (await client.list_tools()).tools])
        answer = await client.call_tool("ask", {"question": "Who was the last keeper of the lighthouse of Orvane?"})
        print(answer.content[0].text)


asyncio.run(main())

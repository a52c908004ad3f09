import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Suspense, useState } from "react";
import { expect, it } from "vitest";
import { tagsQuery } from "./queries";
import { TagsField } from "./tags-field";

function Held({ onTags }: { onTags(tags: readonly string[]): void }) {
  const [tags, setTags] = useState<readonly string[]>(["sea"]);
  const change = (next: readonly string[]) => {
    setTags(next);
    onTags(next);
  };
  return <TagsField label="Tags" tags={tags} onChange={change} />;
}

it("takes tags with Enter, commas and when it is left, each once, and gives them back", async () => {
  const queries = new QueryClient();
  queries.setQueryData(tagsQuery.queryKey, []);
  let last: readonly string[] = [];
  const user = userEvent.setup();
  render(
    <QueryClientProvider client={queries}>
      <Suspense>
        <Held
          onTags={(tags) => {
            last = tags;
          }}
        />
      </Suspense>
    </QueryClientProvider>,
  );
  const box = await screen.findByLabelText("Tags");
  await user.type(box, "salt{Enter}sea,sail,");
  expect(last).toEqual(["sea", "salt", "sail"]);
  await user.type(box, "mast");
  await user.tab();
  expect(last).toEqual(["sea", "salt", "sail", "mast"]);
  await user.type(box, "{Backspace}");
  expect(last).toEqual(["sea", "salt", "sail"]);
});

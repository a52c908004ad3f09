import { renderHook, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Wire } from "@/api/client";
import { Problem, Unreachable } from "@/api/problem";
import { kept } from "./kept";
import {
  AT_ONCE_MAX,
  cancel,
  cancelAll,
  clear,
  goOn,
  isSending,
  putIn,
  reset,
  retry,
  useUploads,
} from "./queue";
import type { Sending } from "./send";
import type { Found } from "./tree";

const sendings = vi.hoisted(() => ({
  open: [] as { sending: Sending; done(added: unknown): void; fail(error: unknown): void }[],
}));
vi.mock("./send", () => ({
  send: (sending: Sending) =>
    new Promise((done, fail) => {
      sendings.open.push({ sending, done, fail });
      sending.signal.addEventListener("abort", () => fail(new DOMException("", "AbortError")));
    }),
  fetchAddress: vi.fn(),
}));
vi.mock("./follow", () => ({ follow: () => () => undefined }));
vi.mock("@/api/connection", () => ({ back: () => Promise.resolve(), lost: () => undefined }));

const labels = { collection: "Library", tags: [] };
const found = (...names: string[]): Found[] =>
  names.map((name) => ({ file: new File(["text"], name), path: name }));
const added = (id: string, duplicate = false) => ({
  document: { id } as Wire["Document"],
  duplicate,
});
const stages = () => {
  const { result } = renderHook(useUploads);
  return () => result.current.list.map((one) => one.stage).join(" ");
};
const take = () => {
  const next = sendings.open.shift();
  if (!next) throw new Error("nothing is being sent");
  return next;
};

beforeEach(() => {
  sendings.open.length = 0;
});
afterEach(reset);

describe("the queue of uploads", () => {
  it("sends a few at a time, and the next when one is stored", async () => {
    const shown = stages();
    await putIn(found("a", "b", "c", "d", "e"), labels);
    expect(sendings.open.length).toBe(AT_ONCE_MAX);
    expect(isSending()).toBe(true);
    take().done(added("1"));
    await waitFor(() => expect(shown()).toBe("stored sending sending sending waiting"));
  });

  it("points out what was there already", async () => {
    const shown = stages();
    await putIn(found("a"), labels);
    take().done(added("1", true));
    await waitFor(() => expect(shown()).toBe("duplicate"));
    await waitFor(() => expect(isSending()).toBe(false));
  });

  it("sends again what the network dropped, under the same key", async () => {
    const shown = stages();
    await putIn(found("a"), labels);
    const first = take();
    first.fail(new Unreachable("gone"));
    await waitFor(() => expect(sendings.open.length).toBe(1));
    const second = take();
    expect(second.sending.key).toBe(first.sending.key);
    second.done(added("1"));
    await waitFor(() => expect(shown()).toBe("stored"));
  });

  it("keeps what was refused, with the reason, and tries it again when asked", async () => {
    const { result } = renderHook(useUploads);
    await putIn(found("a"), labels);
    const first = take();
    first.fail(new Problem(415, "unsupported", "cannot read this"));
    await waitFor(() => expect(result.current.list[0]?.stage).toBe("refused"));
    expect(result.current.list[0]?.error).toMatchObject({ detail: "cannot read this" });
    retry(result.current.list[0]?.id ?? 0);
    await waitFor(() => expect(sendings.open.length).toBe(1));
    expect(take().sending.key).not.toBe(first.sending.key);
  });

  it("does not wait for what is told to come back next month", async () => {
    const shown = stages();
    await putIn(found("a"), labels);
    take().fail(new Problem(429, "limit", "the plan is used up", 700_000));
    await waitFor(() => expect(shown()).toBe("refused"));
  });

  it("tells when something has become a new document, and not of one that was there", async () => {
    const stored = vi.fn();
    await putIn(found("a", "b"), labels, stored);
    take().done(added("1", true));
    await waitFor(() => expect(isSending()).toBe(true));
    expect(stored).not.toHaveBeenCalled();
    take().done(added("2"));
    await waitFor(() => expect(stored).toHaveBeenCalledTimes(1));
  });

  it("shows again what was put in before, and keeps what it shows", async () => {
    const shown = stages();
    goOn([
      { id: "1", name: "a", bytes: 4, collection: "Library", tags: [] as string[] },
    ] as Wire["Document"][]);
    await waitFor(() => expect(shown()).toBe("stored"));
    expect([...kept()]).toEqual(["1"]);
  });

  it("stops one that is being sent, and lets the next go", async () => {
    const { result } = renderHook(useUploads);
    await putIn(found("a", "b", "c", "d"), labels);
    await waitFor(() => expect(result.current.list.length).toBe(4));
    cancel(result.current.list[0]?.id ?? 0);
    await waitFor(() => expect(sendings.open.length).toBe(4));
    await waitFor(() => expect(result.current.list[0]?.stage).toBe("cancelled"));
    expect(result.current.list[3]?.stage).toBe("sending");
  });

  it("stops all, and clears the list", async () => {
    const { result } = renderHook(useUploads);
    await putIn(found("a", "b", "c", "d"), labels);
    cancelAll();
    await waitFor(() => expect(isSending()).toBe(false));
    await waitFor(() =>
      expect(result.current.list.every((one) => one.stage === "cancelled")).toBe(true),
    );
    clear(result.current.list.map((one) => one.id));
    await waitFor(() => expect(result.current.list).toEqual([]));
  });
});

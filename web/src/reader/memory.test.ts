import { expect, it } from "vitest";
import { PLACES_MAX, placeIn, rememberPlace } from "./memory";

it("remembers the last place in each document", () => {
  rememberPlace("a", { page: 3, share: 0.5 });
  rememberPlace("b", { byte: 77 });
  rememberPlace("a", { page: 4, share: 0 });
  expect(placeIn("a")).toEqual({ page: 4, share: 0 });
  expect(placeIn("b")).toEqual({ byte: 77 });
  expect(placeIn("c")).toBeUndefined();
});

it("forgets the document that was left longest ago", () => {
  for (let at = 0; at <= PLACES_MAX; at += 1) rememberPlace(`d${at}`, { byte: at });
  expect(placeIn("d0")).toBeUndefined();
  expect(placeIn("d1")).toEqual({ byte: 1 });
});

it("is not upset by what it cannot read", () => {
  localStorage.setItem("alexandria.reader.places", "{nonsense");
  expect(placeIn("a")).toBeUndefined();
  rememberPlace("a", { page: 1 });
  expect(placeIn("a")).toEqual({ page: 1 });
});

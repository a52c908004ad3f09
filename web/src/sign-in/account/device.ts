/** What a program calls itself, in a few words for a person: "Firefox, Windows". */
export function deviceOf(agent: string): { name: string; phone: boolean } {
  const program =
    first(agent, [
      [/Edg(e|A|iOS)?\//, "Edge"],
      [/OPR\//, "Opera"],
      [/Firefox\/|FxiOS\//, "Firefox"],
      [/Chrome\/|CriOS\//, "Chrome"],
      [/Safari\//, "Safari"],
    ]) ?? agent.split(/[\s/]/)[0];
  const system = first(agent, [
    [/iPhone/, "iPhone"],
    [/iPad/, "iPad"],
    [/Android/, "Android"],
    [/Windows/, "Windows"],
    [/Mac OS X|Macintosh/, "macOS"],
    [/CrOS/, "ChromeOS"],
    [/Linux/, "Linux"],
  ]);
  return {
    name: [program, system].filter(Boolean).join(", "),
    phone: /iPhone|Android.*Mobile|iPad/.test(agent),
  };
}

function first(agent: string, names: readonly (readonly [RegExp, string])[]): string | undefined {
  return names.find(([sign]) => sign.test(agent))?.[1];
}

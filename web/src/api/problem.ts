/** What the server says when something is not right: problem details (RFC 9457). */
export class Problem extends Error {
  override readonly name = "Problem";
  /** From when on to come back (milliseconds since 1970), where the server has said so. */
  readonly from?: number;

  constructor(
    /** The HTTP status. */
    readonly status: number,
    /** The sort of problem, by the name that the server gives it. */
    readonly kind: string,
    /** What is wrong and what to do about it: a sentence for a person. */
    readonly detail: string,
    /** In how many seconds to come back, where the server has said so. */
    readonly retryAfter?: number,
    /** The id of the request, under which the server's log holds the rest. */
    readonly instance?: string,
  ) {
    super(detail);
    if (retryAfter !== undefined) this.from = Date.now() + retryAfter * 1_000;
  }

  /** The problem that a reply tells; whatever it is made of, something can be said. */
  static async of(response: Response): Promise<Problem> {
    const seconds = Number(response.headers.get("Retry-After") ?? Number.NaN);
    const retryAfter = Number.isFinite(seconds) ? seconds : undefined;
    let body: { type?: string; detail?: string; instance?: string } = {};
    try {
      body = await response.json();
    } catch {
      // Something between us and the server has answered in its own words.
    }
    return new Problem(
      response.status,
      body.type ?? "unknown",
      body.detail ?? `${response.status} ${response.statusText}`.trim(),
      retryAfter,
      body.instance,
    );
  }
}

/** The server could not be reached at all: no network, or it is restarting. */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
}

/** Whether asking again later may help. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof Unreachable ||
    (error instanceof Problem && (error.status === 503 || error.status === 504))
  );
}

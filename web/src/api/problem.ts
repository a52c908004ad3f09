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
    const { status, statusText, headers } = response;
    let body: Details = {};
    try {
      body = await response.json();
    } catch {
      // Something between us and the server has answered in its own words.
    }
    const detail = body.detail ?? `${status} ${statusText}`.trim();
    const seconds = Number(headers.get("Retry-After") ?? Number.NaN);
    return Problem.told({
      ...body,
      status,
      detail,
      ...(Number.isFinite(seconds) && { retry_after: seconds }),
    });
  }

  /** The problem that details tell by themselves, as in a stream that has begun. */
  static told(details: Details & { status: number; detail: string }): Problem {
    const { status, type, detail, retry_after, instance } = details;
    return new Problem(status, type ?? "unknown", detail, retry_after, instance);
  }
}

/** What the server writes of a problem, as far as it is used here. */
interface Details {
  readonly type?: string;
  readonly detail?: string;
  readonly instance?: string;
  readonly retry_after?: number;
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

/** Asking Bima: signed in, with errors told apart, and again when the network fails. */
import type { TypedDocumentString } from "./gql/graphql.js";
import { Refresh, SignIn } from "./operations.js";

/** What somebody can mend: which input is wrong, why, and a code that programs can rely on. */
export type UserError = { code: string; path: readonly string[]; message: string };

/** The server refused the whole operation: no right, signed out, too busy, a wrong document. */
export class RefusedError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

type Answer<Result> = { data?: Result | null; errors?: { message: string; extensions?: { code?: string } }[] };

/** How often a request is sent whose answer does not come. */
const ATTEMPTS = 4;

export class Client {
  private accessToken?: string;
  private refreshToken?: string;
  private refreshing?: Promise<void>;

  constructor(
    private readonly address: string,
    private readonly language = "en",
  ) {}

  /** The user errors: none when it worked. */
  async signIn(username: string, password: string): Promise<readonly UserError[]> {
    const { signIn } = await this.post(SignIn, { input: { username, password } });
    this.accessToken = signIn.accessToken ?? undefined;
    this.refreshToken = signIn.refreshToken ?? undefined;
    return signIn.errors;
  }

  /** The data of an operation. The access token is renewed once when it has run out. */
  async ask<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
    try {
      return await this.post(document, variables);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.code !== "UNAUTHENTICATED" || !this.refreshToken) throw error;
      await this.refresh();
      return await this.post(document, variables);
    }
  }

  /** Requests that find the token spent at the same time share one refresh: a refresh token is good for one. */
  refresh(): Promise<void> {
    this.refreshing ??= this.renew().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  private async renew(): Promise<void> {
    const { refreshSession } = await this.post(Refresh, { input: { refreshToken: this.refreshToken ?? "" } }, false);
    const { accessToken, refreshToken, errors } = refreshSession;
    if (!accessToken || !refreshToken) throw new RefusedError("UNAUTHENTICATED", errors[0]?.message ?? "Sign in again.");
    this.accessToken = accessToken;
    this.refreshToken = refreshToken;
  }

  private async post<Result, Variables>(
    document: TypedDocumentString<Result, Variables>,
    variables: Variables,
    signed = true,
  ): Promise<Result> {
    const headers: Record<string, string> = { "Content-Type": "application/json", "Accept-Language": this.language };
    if (signed && this.accessToken) headers.Authorization = `Bearer ${this.accessToken}`;
    const body = JSON.stringify({ query: document.toString(), variables });
    const response = await this.send({ method: "POST", headers, body });
    const answer = (await response.json()) as Answer<Result>;
    const [error] = answer.errors ?? [];
    if (error) throw new RefusedError(error.extensions?.code ?? "UNKNOWN", error.message);
    if (!answer.data) throw new RefusedError("UNKNOWN", `No data came, with status ${response.status}.`);
    return answer.data;
  }

  /** Only a lost answer is asked for again: a mutation that carries a `clientMutationId` then has one effect. */
  private async send(request: RequestInit): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await fetch(`${this.address}/graphql`, { ...request, signal: AbortSignal.timeout(30_000) });
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** attempt));
      }
    }
  }
}

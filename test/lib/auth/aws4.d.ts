declare module 'aws4' {
  type Request = {
    readonly host: string;
    readonly method: string;
    /** Path and query, as sent. */
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string | Buffer;
    readonly service: string;
    readonly region: string;
    /** Whether to sign the headers as they are, without adding any. */
    readonly doNotModifyHeaders: boolean;
  };
  type Credentials = { readonly accessKeyId: string; readonly secretAccessKey: string };
  export function sign(request: Request, credentials: Credentials): Request;
}

/** The part of an OpenAPI 3.1 document that this page reads. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  description?: string;
  enum?: readonly unknown[];
  const?: unknown;
  default?: unknown;
  anyOf?: readonly Schema[];
  oneOf?: readonly Schema[];
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  required?: readonly string[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header" | "cookie";
  required?: boolean;
  description?: string;
  schema: Schema;
}

export type Content = Readonly<Record<string, { schema?: Schema; example?: unknown; examples?: Record<string, { value: unknown }> }>>;

export interface Response {
  $ref?: string;
  description?: string;
  content?: Content;
}

export interface Described {
  operationId: string;
  tags: readonly string[];
  summary: string;
  description?: string;
  parameters: readonly Parameter[];
  requestBody?: { content: Content };
  responses: Readonly<Record<string, Response>>;
  "x-permission": string;
  "x-limit"?: { requests: number; seconds: number };
}

export interface Problem {
  code: string;
  title: string;
  status: number;
}

export interface ApiDocument {
  info: { title: string; version: string };
  tags: readonly { name: string }[];
  paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Response> };
  "x-problems": readonly Problem[];
}

export interface Operation extends Described {
  method: string;
  path: string;
}

export async function fetchDocument(): Promise<ApiDocument> {
  const answer = await fetch("/openapi.json");
  if (!answer.ok) throw new Error(`The document cannot be read: ${answer.status}.`);
  return (await answer.json()) as ApiDocument;
}

/** Tag -> its operations, both in the document's order; those of which nothing matches `sought` are left out. */
export function operationsByTag(document: ApiDocument, sought: string): Map<string, Operation[]> {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Map<string, Operation[]>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, described] of Object.entries(methods)) {
      const text = `${method} ${path} ${described.summary} ${described.tags.join(" ")} ${described["x-permission"]}`.toLowerCase();
      if (!words.every((word) => text.includes(word))) continue;
      const tag = described.tags[0] ?? "";
      found.set(tag, [...(found.get(tag) ?? []), { ...described, method: method.toUpperCase(), path }]);
    }
  }
  return found;
}

/** What a reference leads to, or the thing itself. */
export function resolved<T extends { $ref?: string }>(document: ApiDocument, thing: T): T {
  if (thing.$ref === undefined) return thing;
  const [, , kind, name] = thing.$ref.split("/");
  const shelf = kind === "schemas" ? document.components.schemas : document.components.responses;
  return ((shelf as Record<string, unknown>)[name ?? ""] ?? thing) as T;
}

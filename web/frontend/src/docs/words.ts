import { resolved, type ApiDocument, type Schema } from "./document";

/** One field of a model, in words. */
export interface Line {
  name: string;
  kind: string;
  required: boolean;
  about: string;
  /** How deep it stands inside the model. */
  depth: number;
}

const DEEPEST = 4;

/** What a value is, in a few words: `text`, `list of whole numbers, 1 to 5`. */
export function kindOf(document: ApiDocument, schema: Schema): string {
  const whole = resolved(document, schema);
  const choices = whole.anyOf ?? whole.oneOf;
  if (choices) return [...new Set(choices.map((choice) => kindOf(document, choice)))].join(" or ");
  if (whole.const !== undefined) return JSON.stringify(whole.const);
  if (whole.enum) return whole.enum.map((value) => JSON.stringify(value)).join(", ");
  switch (whole.type) {
    case "string":
      return withBounds(whole.format ?? "text", whole.minLength, whole.maxLength, "characters");
    case "integer":
      return withBounds("whole number", bounded(whole.minimum), bounded(whole.maximum));
    case "number":
      return withBounds("number", whole.minimum, whole.maximum);
    case "boolean":
      return "true or false";
    case "array":
      return `${withBounds("list", whole.minItems, whole.maxItems)}${whole.maxItems === undefined ? "" : ","} of ${kindOf(document, whole.items ?? {})}`;
    case "null":
      return "null";
    case "object":
      return "object";
    default:
      return "anything";
  }
}

/** The fields of a model and of the models in it. */
export function linesOf(document: ApiDocument, schema: Schema, depth = 0): Line[] {
  const whole = resolved(document, schema);
  if (depth > DEEPEST) return [];
  const inside = whole.anyOf ?? whole.oneOf ?? (whole.items ? [whole.items] : undefined);
  if (inside) return inside.flatMap((each) => linesOf(document, each, depth));
  return Object.entries(whole.properties ?? {}).flatMap(([name, field]) => [
    { name, kind: kindOf(document, field), required: whole.required?.includes(name) ?? false, about: aboutOf(field), depth },
    ...linesOf(document, field, depth + 1),
  ]);
}

export function aboutOf(schema: Schema): string {
  const { default: preset } = schema;
  const none = preset === undefined || preset === null || (Array.isArray(preset) && preset.length === 0);
  return [schema.description ?? "", none ? "" : `Without it: ${JSON.stringify(preset)}.`].filter(Boolean).join(" ");
}

/** The bounds of 64 bits are no news. */
function bounded(bound: number | undefined): number | undefined {
  return bound !== undefined && Math.abs(bound) > Number.MAX_SAFE_INTEGER ? undefined : bound;
}

function withBounds(what: string, least: number | undefined, most: number | undefined, unit = ""): string {
  const of = unit === "" ? "" : ` ${unit}`;
  if (least !== undefined && most !== undefined) return `${what}, ${least} to ${most}${of}`;
  if (least !== undefined) return `${what}, at least ${least}${of}`;
  return most === undefined ? what : `${what}, at most ${most}${of}`;
}

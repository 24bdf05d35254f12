"""The JSON Schemas of the API's document: of all models at once, so that each stands there once, and an example of each."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, TypeAlias

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from control.api.parameters import LARGEST_INTEGER
from control.api.samples import sample

Schema: TypeAlias = dict[str, Any]
Mode: TypeAlias = Literal["validation", "serialization"]
JSON: Final = "application/json"
REFERENCE: Final = "#/components/schemas/{model}"


class _Ours(GenerateJsonSchema):
    """pydantic's, but a field is not told its own name again, and an integer has 64 bits."""

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        """Never."""
        return False

    def int_schema(self, schema: core_schema.IntSchema) -> JsonSchemaValue:
        """As pydantic makes it, with bounds."""
        made = super().int_schema(schema)
        if "minimum" not in made and "exclusiveMinimum" not in made:
            made["minimum"] = -LARGEST_INTEGER
        if "maximum" not in made and "exclusiveMaximum" not in made:
            made["maximum"] = LARGEST_INTEGER
        return made


class Schemas:
    """The schemas of a set of models."""

    def __init__(self, models: Sequence[tuple[Any, Mode]]) -> None:
        """Each model with the side it is on: what is sent is validated, what is answered is serialized."""
        adapters: list[tuple[int, Mode, TypeAdapter[Any]]] = []
        self._numbers: dict[tuple[Any, Mode], int] = {}
        for model, mode in models:
            if (model, mode) not in self._numbers:
                self._numbers[model, mode] = len(adapters)
                adapters.append((len(adapters), mode, TypeAdapter(model)))
        made, rest = TypeAdapter.json_schemas(adapters, by_alias=True, ref_template=REFERENCE, schema_generator=_Ours)
        self._made = {(number, mode): schema for (number, mode), schema in made.items()}
        self.definitions: dict[str, Schema] = rest.get("$defs", {})

    def of(self, model: Any, mode: Mode) -> Schema:
        """The schema of a model: a reference, where it has a name."""
        return dict(self._made[self._numbers[model, mode], mode])

    def whole(self, schema: Schema) -> Schema:
        """What a reference leads to."""
        while "$ref" in schema:
            schema = {**self.definitions[schema["$ref"].rpartition("/")[2]], **{k: v for k, v in schema.items() if k != "$ref"}}
        return schema

    def used(self, document: object) -> dict[str, Schema]:
        """Those definitions that a document needs, by name."""
        found: dict[str, Schema] = {}
        waiting = list(_references(document))
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self.definitions[name]
                waiting += _references(found[name])
        return dict(sorted(found.items()))

    def example(self, schema: Schema, name: str = "") -> Any:
        """A value of the schema: its own example, or one made of its parts'. None where nobody could guess one. `name`: of the field."""
        schema = self.whole(schema)
        for given in ("examples", "enum"):
            if schema.get(given):
                return schema[given][0]
        for given in ("const", "default"):
            if schema.get(given) is not None:
                return schema[given]
        for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            if (example := self.example(choice, name)) is not None:
                return example
        return self._made_example(schema, name)

    def _made_example(self, schema: Schema, name: str) -> Any:
        match schema.get("type"):
            case "object":
                required = schema.get("required", ())
                made = {field: self.example(each, field) for field, each in schema.get("properties", {}).items()}
                if any(made.get(field) is None and not self._may_be_null(schema, field) for field in required):
                    return None
                return {field: value for field, value in made.items() if value is not None or field in required}
            case "array":
                example = self.example(schema.get("items", {}), name)
                return None if example is None and schema.get("minItems", 0) else [] if example is None else [example]
            case "integer" | "number":
                return max(schema.get("minimum", 1), min(1, schema.get("maximum", 1)))
            case "boolean":
                return False
            case _:
                return sample(name, schema)

    def _may_be_null(self, schema: Schema, name: str) -> bool:
        each = self.whole(schema["properties"][name])
        return any(choice.get("type") == "null" for choice in each.get("anyOf", ())) or each.get("type") == "null"


def _references(document: object) -> Iterator[str]:
    if isinstance(document, dict):
        if isinstance(reference := document.get("$ref"), str) and "/schemas/" in reference:
            yield reference.rpartition("/")[2]
        for each in document.values():
            yield from _references(each)
    elif isinstance(document, list):
        for each in document:
            yield from _references(each)

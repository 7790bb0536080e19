#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks each line of standard input against a JSON Schema: schema.py SCHEMA <objects.ndjson

Knows what our schemas use, with the standard library alone, and refuses a schema that uses more.
"""
import json
import re
import sys

ANNOTATIONS = {"$schema", "$id", "$comment", "$defs", "title", "description"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name in ("integer", "number"):
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and (name == "number" or value == int(value))
    return isinstance(value, TYPES[name])


def check_object(schema, value, path, root):
    for name in schema.get("required", []):
        if name not in value:
            yield f"{path}: {name} is missing"
    known = schema.get("properties", {})
    patterns = schema.get("patternProperties", {})
    extra = schema.get("additionalProperties", True)
    for name, member in value.items():
        fitting = [one for pattern, one in patterns.items() if re.search(pattern, name)]
        if name in known:
            fitting.append(known[name])
        for one in fitting:
            yield from check(one, member, f"{path}.{name}", root)
        if fitting:
            continue
        if extra is False:
            yield f"{path}: {name} is unknown"
        elif extra is not True:
            yield from check(extra, member, f"{path}.{name}", root)


def check_bounds(schema, value, path):
    if isinstance(value, list):
        size, low, high = len(value), "minItems", "maxItems"
    elif isinstance(value, str):
        size, low, high = len(value), "minLength", "maxLength"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        size, low, high = value, "minimum", "maximum"
    else:
        return
    if size < schema.get(low, size) or size > schema.get(high, size):
        yield f"{path}: {low} or {high} is not kept"


def check(schema, value, path, root):
    if schema is True:
        return
    unknown = set(schema) - ANNOTATIONS - {
        "type", "const", "enum", "pattern", "anyOf", "$ref", "required", "properties", "items",
        "patternProperties", "additionalProperties", "minItems", "maxItems", "minLength", "maxLength", "minimum",
        "maximum"}
    if unknown:
        sys.exit(f"schema.py: {path}: the schema uses {unknown}")
    if "$ref" in schema:
        target = root
        for step in schema["$ref"].lstrip("#/").split("/"):
            target = target[step]
        yield from check(target, value, path, root)
    if "anyOf" in schema:
        tries = [list(check(one, value, path, root)) for one in schema["anyOf"]]
        if all(tries):
            yield from tries[0]
    if "type" in schema and not is_type(value, schema["type"]):
        yield f"{path}: is no {schema['type']}"
        return
    if "const" in schema and value is not schema["const"]:
        yield f"{path}: is not {schema['const']}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {schema['enum']}"
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield f"{path}: {value[:80]!r} does not match {schema['pattern']}"
    yield from check_bounds(schema, value, path)
    if isinstance(value, dict):
        yield from check_object(schema, value, path, root)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from check(schema["items"], item, f"{path}[{number}]", root)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    lines = bad = 0
    for lines, line in enumerate(sys.stdin.buffer, 1):
        for problem in check(schema, json.loads(line), f"line {lines}: ", schema):
            print(problem, file=sys.stderr)
            bad += 1
    if lines == 0:
        print("no object to check", file=sys.stderr)
    sys.exit(1 if bad or lines == 0 else 0)


main()

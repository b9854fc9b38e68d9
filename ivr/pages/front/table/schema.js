// What our JSON Schema says of a place in a table: which keys, which values, what they mean.

export class Schema {
  constructor(root) {
    this.root = root;
  }

  // The schemas that hold at a path (see context.js). `kindOf(depth)` is the `kind:` of the mapping that the path leads to
  // after so many parts, "" when it is not written.
  at(path, kindOf) {
    let here = this.spread([this.root], kindOf, 0);
    for (const [index, part] of path.entries()) {
      const next = [];
      for (const one of here) {
        if (part === "[]") next.push(...(one.items ? [one.items] : []));
        else if (one.properties?.[part]) next.push(one.properties[part]);
        else if (one.additionalProperties) next.push(one.additionalProperties);
      }
      here = this.spread(next, kindOf, index + 1);
    }
    return here;
  }

  // References followed, alternatives side by side, conditions decided by the kind of the node.
  spread(schemas, kindOf, depth) {
    const out = [];
    const queue = [...schemas];
    while (queue.length && out.length < 60) {
      const one = queue.shift();
      if (!one || typeof one !== "object") continue;
      if (one.$ref) {
        queue.push({ ...one, ...this.root.$defs[one.$ref.slice("#/$defs/".length)], $ref: undefined, about: one.description });
        continue;
      }
      for (const way of one.anyOf ?? []) queue.push(way);
      for (const way of one.allOf ?? []) {
        const kind = way.if?.properties?.kind?.const;
        if (kind && kind === kindOf(depth)) queue.push(way.then);
      }
      out.push(one);
    }
    return out;
  }

  // The keys that a mapping may hold: name → what it means, whether it must be there.
  keys(schemas) {
    const out = new Map();
    for (const one of schemas) {
      for (const [name, held] of Object.entries(one.properties ?? {})) {
        const before = out.get(name);
        const needed = one.required?.includes(name) ?? false;
        if (!before || held.description) out.set(name, { about: held.description ?? before?.about ?? "", needed: needed || (before?.needed ?? false), holds: this.holds(held) });
      }
    }
    return out;
  }

  // The words that a value may be: word → what it means.
  values(schemas) {
    const out = new Map();
    for (const one of schemas) {
      for (const word of one.enum ?? []) out.set(String(word), "");
      if (one.const !== undefined) out.set(String(one.const), one.description ?? "");
      if (one.type === "boolean") for (const word of ["true", "false"]) out.set(word, "");
    }
    for (const word of ["yes", "no", "on", "off"]) if (out.has("true")) out.delete(word);
    return out;
  }

  // Of which sections a value is a name.
  refers(schemas) {
    const out = new Set(schemas.map((one) => one["x-refers-to"]).filter(Boolean));
    if (schemas.some((one) => one.about !== undefined && one.anyOf?.some((way) => way.pattern === "^(\\$|[a-z])"))) out.add("prompt");
    if (schemas.some((one) => one.pattern === "^(\\$|[a-z])")) out.add("prompt");
    return out;
  }

  // Whether the keys of a mapping are languages.
  languages(schemas) {
    return schemas.some((one) => one.propertyNames?.pattern === "^[a-z]{2}$");
  }

  about(schemas) {
    return schemas.map((one) => one.about ?? one.description).find(Boolean) ?? "";
  }

  holds(schema) {
    const types = this.spread([schema], () => "", 0).map((one) => one.type);
    return types.includes("object") ? "object" : types.includes("array") ? "array" : "value";
  }
}

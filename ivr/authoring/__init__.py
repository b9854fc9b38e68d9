"""From YAML to a compiled graph: text → values with positions → schema → names → graph and source map."""

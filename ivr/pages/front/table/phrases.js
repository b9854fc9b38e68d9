// The editor's own words, where they are not English.
export const phrases = {
  nl: {
    "Find": "Zoeken", "Replace": "Vervangen", "next": "volgende", "previous": "vorige", "all": "alle", "match case": "hoofdletters", "by word": "hele woorden", "regexp": "regexp",
    "replace": "vervangen", "replace all": "alle vervangen", "close": "sluiten", "current match": "gevonden", "replaced $ matches": "$ keer vervangen", "replaced match on line $": "vervangen op regel $",
    "on line": "op regel", "Go to line": "Naar regel", "go": "ga", "Completions": "Aanvullingen", "Diagnostics": "Bevindingen", "No diagnostics": "Geen bevindingen",
    "Folded lines": "Ingeklapte regels", "Unfolded lines": "Uitgeklapte regels", "Fold line": "Regel inklappen", "Unfold line": "Regel uitklappen", "folded code": "ingeklapt", "unfold": "uitklappen",
    "to": "tot", "Control character": "Stuurteken", "Selection deleted": "Selectie gewist",
  },
};

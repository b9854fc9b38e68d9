"""A table with every section and every kind of node, and nothing wrong: what faults are put into, one at a time."""

WIDE = """\
table:
  id: wide
  title: Gemeente Breed
  main_number: "14 050"
  from_abroad: "+31 50 367 9111"
  timezone: Europe/Amsterdam
  languages: {nl: {voice: Polly.Laura-Neural, locale: nl-NL}, en: {voice: Polly.Amy-Neural, locale: en-GB}}
  entry: [calamity, notices, welcome]
  start: main
  operator: {key: 0, to: operator}
  repeat_key: "*"
  wait: 8s
  caller_id: "+31 50 367 9111"
  max_inputs: 30
  defaults: {failed: note}
calendars:
  desk: {hours: "Mo-Fr 08:30-17:00", holidays: NL, closed_on: {2026-12-24: kerstavond}, open_on: {2027-04-05: tweede paasdag}}
teams:
  desk: {title: {nl: de balie, en: the desk}, speaks: [nl, en], calendar: desk, via: sip, dial: ["sip:desk@kcc.example"], strategy: all, ring: 25s, callbacks: {per_day: 80, attempts: 4, apart: 3h}}
  line: {title: {nl: de lijn, en: the line}, calendar: desk, via: twilio}
numbers:
  "050 367 1000": {formerly: Stadsbeheer, to: operator, must_still_reach: [desk], announce: {nl: "Dit nummer verdwijnt.", en: "This number will go."}, phases: {parallel: 2026-12-01, announce: 2027-02-01}}
  "050 367 81xx": {formerly: Burgerzaken, to: main, via: [to, diversion]}
  "050 367 2000": {formerly: actie, to: mark, from: 2026-12-01, until: 2027-01-31, then: main}
variables: {topic: [waste, other]}
facts: {caller: [known, other]}
prompts:
  hello: {nl: "Welkom bij de gemeente.", en: "Welcome."}
  note: {nl: "Wij zijn er weer {opens:desk}. Laat een bericht achter.", en: "We open {opens:desk}. Please leave a message."}
phrases: {nl: {goodbye: "Tot ziens."}}
nodes:
  calamity: {kind: calamity, then: continue, routes: {people: operator}}
  notices: {kind: notice, then: continue}
  welcome: {kind: say, say: hello, to: continue}
  main:
    kind: menu
    say: {nl: "Waar gaat het over?", en: "What is it about?"}
    again: {nl: "Kies een onderwerp.", en: "Choose a subject."}
    languages_first: true
    options:
      1: {label: {nl: afval, en: waste}, speech: {nl: [afval], en: [waste]}, set: {topic: waste}, to: pick}
      2: {label: {nl: een cijfer, en: a mark}, to: mark}
      3: {label: {nl: een paspoort, en: a passport}, to: code}
      4: {label: {nl: een zaaknummer, en: a case number}, to: case}
      9: {language: en}
    no_input: {ask_at_most: 2, to: operator}
    no_match: {ask_at_most: 3, to: operator}
    wait: 10s
  pick: {kind: branch, on: topic, cases: {waste: share}, otherwise: known}
  known: {kind: branch, on: caller, cases: {known: opening}, otherwise: operator}
  share: {kind: split, shares: {one: {share: 50, to: known}, two: {share: 50, to: hold}}}
  opening: {kind: hours, calendar: desk, open: operator, closed: reach, holiday: reach}
  code: {kind: ask, field: dossier, digits: 4-8, say: {nl: "Wat is uw dossier?", en: "Your file?"}, to: heard, no_input: {to: operator}}
  heard: {kind: say, say: {nl: "Wij zoeken {dossier}.", en: "We look for {dossier}."}, to: operator}
  reach: {kind: visit, flow: promise, with: {team: desk}, then: bye}
  hold: {kind: queue, team: line, place: old, say: hello, offer_after: {wait: 30s, key: 1, to: note}, timeout: {wait: 600s, to: note}, when_done: bye, full: note, closed: note}
  mark: {kind: survey, say: {nl: "Welk cijfer geeft u ons?", en: "Which mark?"}, to: operator}
  case: {kind: case, say: {nl: "Wij zoeken uw zaak.", en: "We look for your case."}, joined: bye, cancelled: bye, over: operator, unknown: operator, no_input: operator, failed: operator}
  operator: {kind: transfer, team: desk, whisper: true, ring: 20s, when_done: bye, busy: note, no_answer: note, closed: note}
  note: {kind: voicemail, team: desk, say: note, max: 90s, to: bye, no_input: lost, failed: lost}
  bye: {kind: end, say: {nl: "Dank u wel.", en: "Thank you."}}
  lost: {kind: end, say: {nl: "Kom naar de balie.", en: "Visit our desk."}, where_to_turn: true}
flows:
  promise:
    with: {team: team}
    start: ring
    nodes:
      ring: {kind: callback, team: $team, within: 1 working day, reach: text_relay, part: morning, taken: return, refused: return, full: note}
guarantees:
  people: {for: {numbers: all, arriving: desk open, languages: nl}, can: {reach: an open team, within: {choices: 3, seconds: 60}}}
  heard: {for: {facts: {caller: [known]}}, always: {hears: hello, before: [main]}}
"""

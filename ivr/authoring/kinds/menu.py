"""`menu`: keys and speech. Its words are made from its options, so what is spoken and what is bound cannot differ."""

from __future__ import annotations

from ivr.authoring.kinds.base import RETRY, Maker, NodeDecl, RetryDecl, key, optional, retry
from ivr.authoring.pieces import Pieces, joined
from ivr.authoring.schema.decl import Decl, Record
from ivr.authoring.schema.prompts import PROMPT, TEXTS, PromptDecl, Texts
from ivr.authoring.schema.types import FLAG, NODE, WORD, Duration, ListOf, MapOf, Named, Num, Ref
from ivr.authoring.values import Scalar
from ivr.model.actions import Listen
from ivr.model.nodes import MenuNode, Option
from ivr.model.phrases import normalise
from ivr.model.words import Words


class OptionDecl(Decl):
    """A choice."""

    title = "an option"
    label: Texts | None = optional(TEXTS, "what the choice is for, as it follows 'for' in a sentence", None)
    speech: dict[str, Named[list[Scalar]]] = optional(
        MapOf(ListOf(WORD, 50), "words", "free"), "words that choose it, for each language", {}
    )
    to: Scalar | None = optional(NODE, "where the call goes; this menu again if only the language changes", None)
    set: dict[str, Named[Scalar]] = optional(MapOf(WORD, "a value"), "variables that the choice sets", {})
    language: Scalar | None = optional(Ref("language"), "the language in which the call goes on", None)
    silent: bool = optional(FLAG, "whether the choice is not spoken", False)


class MenuDecl(NodeDecl):
    """Keys and speech; its words are made from its options."""

    title = "a menu"
    kind = "menu"
    say: PromptDecl | None = optional(PROMPT, "what is spoken before the choices", None)
    again: PromptDecl | None = optional(PROMPT, "what is spoken before the choices when they are repeated", None)
    languages_first: bool = optional(FLAG, "whether the choices of a language come first, each in its own", False)
    options: dict[str, Named[OptionDecl]] = key(MapOf(Record(OptionDecl), "an option", "key"), "the choices, by key")
    no_input: RetryDecl | None = optional(RETRY, "what follows when the caller stays silent", None)
    no_match: RetryDecl | None = optional(RETRY, "what follows when the caller's choice is none", None)
    wait: Num | None = optional(Duration(1, 60), "how long to wait for a key; the table's if left out", None)

    def make(self, m: Maker) -> MenuNode:
        options: list[Option] = []
        keys: dict[str, int] = {}
        phrases: list[dict[str, int]] = [{} for _ in m.languages]
        for text, named in self.options.items():
            option = named.value
            if option is None:
                continue
            keys[text] = len(options)
            self._phrases(m, option, len(options), phrases)
            options.append(self._option(m, text, option))
        languages = range(len(m.languages))
        wait = self.wait.value if self.wait is not None else m.wait
        hints = [tuple(sorted(held))[:100] for held in phrases]
        own = any(option.key == m.operator_key and option.to == m.operator() for option in options)
        offers = [(self._choices(m, i, own), self._switches(m, i)) for i in languages]
        fuller = [self._fuller(m, i, *offers[i], bool(hints[i])) for i in languages]

        def listen(language: int, *prompts: int) -> Listen:
            return Listen(m.node, prompts, language, wait, 1, "", bool(hints[language]), hints[language])

        return MenuNode(
            options=tuple(options),
            keys=keys,
            phrases=tuple(phrases),
            asks=tuple((listen(i, self._first(m, i, *offers[i])),) for i in languages),
            quiet=tuple((listen(i, m.phrase_prompt("no_input", i), fuller[i]),) for i in languages),
            wrong=tuple((listen(i, m.phrase_prompt("no_match", i), fuller[i]),) for i in languages),
            again=tuple((listen(i, fuller[i]),) for i in languages),
            no_input=retry(m, self, self.no_input, "no_input", 2),
            no_match=retry(m, self, self.no_match, "no_match", 3),
        )

    def _option(self, m: Maker, text: str, option: OptionDecl) -> Option:
        language = m.language(option.language) if option.language is not None else -1
        sets = []
        for named in option.set.values():
            variable, values = m.variable(named.key)
            if named.value is not None and variable >= 0:
                if named.value.text in values:
                    sets.append((variable, values.index(named.value.text)))
                elif values:
                    m.report.add(
                        "IVR213",
                        named.value.span,
                        f"'{named.value.text}' is no value of the variable '{named.key.text}'",
                        "its values: " + ", ".join(values[:12]),
                    )
        to = (
            m.node
            if option.to is None and option.language is not None
            else m.target(option.to, self, f"options/{text}")
        )
        return Option(text, to, language, tuple(sets))

    def _phrases(self, m: Maker, option: OptionDecl, index: int, phrases: list[dict[str, int]]) -> None:
        for code, named in option.speech.items():
            if code not in m.languages:
                m.language(named.key)
                continue
            held = phrases[m.languages.index(code)]
            for word in named.value or []:
                phrase = normalise(word.text)
                if phrase and held.setdefault(phrase, index) != index:
                    m.report.add(
                        "IVR307", word.span, f"'{word.text}' already chooses another option", "keep one of the two"
                    )

    def _first(self, m: Maker, language: int, choices: Pieces, switches: list[Pieces]) -> int:
        """What is spoken at the first asking: languages early if the menu says so, words, choices."""
        rows = [m.pieces(self.say, language, "menu"), choices]
        return m.prompt(joined(switches + rows if self.languages_first else rows + switches), self)

    def _fuller(self, m: Maker, language: int, choices: Pieces, switches: list[Pieces], spoken: bool) -> int:
        """What is spoken when it is asked again: fuller words, and how to hear it once more."""
        say = self.say if self.again is None else self.again
        rows = [m.pieces(say, language, "again"), m.phrase("choose", language), choices]
        rows += [*switches, m.phrase("repeat", language)]
        if spoken:
            rows.append(m.phrase("or_say", language))
        return m.prompt(joined(rows), self)

    def _choices(self, m: Maker, language: int, own: bool) -> Pieces:
        """One sentence a choice, the choice before the key; then the way to a person, unless a choice that is spoken
        is that very way (`own`)."""
        out: list[str] = []
        operator = m.phrase("operator", language)
        for text, named in self.options.items():
            option = named.value
            if option is None or option.silent or option.label is None:
                continue
            out.append(m.choice(m.label(option.label, language), text, language))
            if own and text == m.operator_key:
                operator = ()
        return joined([(Words(language, (" ".join(out),)),) if out else (), operator])

    def _switches(self, m: Maker, language: int) -> list[Pieces]:
        """How each other language is offered, in that language."""
        out: list[Pieces] = []
        for text, named in self.options.items():
            option = named.value
            if option is None or option.language is None or option.silent or option.label is not None:
                continue
            other = m.language(option.language)
            if other >= 0 and other != language:
                out.append(m.phrase("switch", other, key=m.key_name(text, other)))
        return out

# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Renames identifiers and reorders functions in C sources, on tokens; metamorphic.py uses it.

Not a C parser: it proposes more than is right, and the compiler has the last word. A proposal that does not compile is
withdrawn by name. That is safe because every new name is fresh: a token renamed by mistake refers to nothing.
"""

import random
import re
from dataclasses import dataclass, field

TOKEN = re.compile(
    r"""(?P<comment>/\*.*?\*/|//(?:[^\n\\]|\\.)*)
      | (?P<include>^[ \t]*\#[ \t]*(?:include|error|warning|pragma)\b(?:[^\n\\]|\\.)*)
      | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
      | (?P<name>[A-Za-z_]\w*)
      | (?P<number>\.?\d(?:[eEpP][+-]|[\w.])*)
      | (?P<space>(?:\s|\\\n)+)
      | (?P<mark>->|\#\#|.)""",
    re.X | re.S | re.M)

KEYWORDS = frozenset("""auto break case char const continue default do double else enum extern float for goto if inline
    int long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile
    while _Bool _Alignas _Alignof _Atomic _Complex _Generic _Noreturn _Static_assert _Thread_local asm typeof typeof_unqual
    bool true false NULL __attribute__ defined include define undef ifdef ifndef elif endif line main""".split())
# A statement that starts with one of these declares something.
TYPE_WORDS = frozenset("""char const double enum float int long short signed static struct union unsigned void volatile
    bool u8 u16 u32 u64 s8 s16 s32 s64 size_t""".split())
# What follows is a tag or a label, which is in another name space than variables.
OTHER_SPACE = frozenset(("struct", "union", "enum", "goto", ".", "->"))


@dataclass
class Token:
    kind: str
    text: str


@dataclass
class Function:
    """A function definition: token positions in its file. `start` is that of its first token (a comment above it is not
    part of it), `body` that of its opening brace, `end` that after its closing one."""
    name: str
    start: int
    params: int
    body: int
    end: int
    is_static: bool


@dataclass
class Renaming:
    """Fresh names: for the whole set of files, and for the local variables of (file, function)."""
    everywhere: dict = field(default_factory=dict)
    local: dict = field(default_factory=dict)

    def old_names(self):
        """{new: (kind, key)} to withdraw by a new name that the compiler mentions."""
        result = {new: ("everywhere", old) for old, new in self.everywhere.items()}
        for (file, function), names in self.local.items():
            result.update({new: ("local", (file, function, old)) for old, new in names.items()})
        return result


def tokenize(text):
    return [Token(match.lastgroup, match.group()) for match in TOKEN.finditer(text)]


def untokenize(tokens):
    return "".join(token.text for token in tokens)


def names_in(text):
    """All identifiers of a source text, less those in comments and strings."""
    return {match.group() for match in TOKEN.finditer(text) if match.lastgroup == "name"}


def code(tokens):
    """The positions of the tokens that mean something, those of preprocessor directives left out."""
    return [index for index, directive in enumerate(in_directive(tokens))
            if not directive and tokens[index].kind not in ("space", "comment", "include")]


def in_directive(tokens):
    """For each token whether it stands in a preprocessor directive."""
    result, inside, at_line_start = [], False, True
    for token in tokens:
        if token.kind == "space" and re.search(r"(?<!\\)\n", token.text):
            inside, at_line_start = False, True
        elif token.text == "#" and at_line_start:
            inside = True
        elif token.kind not in ("space", "comment"):
            at_line_start = False
        result.append(inside)
    return result


# --- functions -------------------------------------------------------------------------------------------------------


def functions(tokens):
    """The function definitions at the top level of a file, in order. What looks odd is left out."""
    result, depth, head, found = [], 0, [], None
    for index in code(tokens):
        text = tokens[index].text
        if text == "{":
            if depth == 0:
                found = _function_at(tokens, head, index)
            depth += 1
        elif text == "}":
            depth -= 1
            if depth == 0 and found:
                found.end = index + 1
                result.append(found)
        elif depth == 0 and text != ";":
            head.append(index)
        if depth == 0 and text in ("}", ";"):
            head = []
    return result


def _function_at(tokens, head, body):
    """The function whose body opens at `body`, if the tokens before it are the head of one."""
    texts = [tokens[index].text for index in head]
    if "(" not in texts or texts[-1] != ")" or "=" in texts:
        return None
    opening = texts.index("(")
    if opening < 2 or tokens[head[opening - 1]].kind != "name" or texts[opening - 1] in KEYWORDS:
        return None
    return Function(texts[opening - 1], head[0], head[opening], body, body, texts[0] == "static")


# --- local variables -------------------------------------------------------------------------------------------------


def _code_between(tokens, first, last):
    return [first + index for index in code(tokens[first:last])]


def local_names(tokens, function):
    """The parameters and local variables of a function, as far as they can be told by their looks."""
    return _parameters(tokens, function) | _declared(tokens, function)


def parameter_groups(tokens, function):
    """The tokens of each parameter, as far as they stand in no further parentheses; the last is its name."""
    groups, group, depth = [], [], 0
    for index in _code_between(tokens, function.params, function.body):
        token = tokens[index]
        depth += (token.text in "([") - (token.text in ")]")
        if (token.text == "," and depth == 1) or (token.text == ")" and depth == 0):
            groups.append(group)
            group = []
        elif depth == 1 and token.text != "(":
            group.append(token)
    return groups


def _parameters(tokens, function):
    last = ([token.text for token in group if token.kind == "name"][-1:] for group in parameter_groups(tokens, function))
    return {names[0] for names in last if names and names[0] not in KEYWORDS}


def statements(tokens, function):
    """The declarations in a function: (tokens of the type, [(stars, name, the token that follows the name)])."""
    result, statement, parens = [], [], 0
    for index in _code_between(tokens, function.body + 1, function.end):
        text = tokens[index].text
        parens += (text == "(") - (text == ")")
        if text in ("{", "}", ";") and parens <= 0:
            result.append(_declaration([tokens[i] for i in statement]))
            statement, parens = [], 0
        else:
            statement.append(index)
    return [one for one in result if one[1]]


def _declared(tokens, function):
    return {name for _, declarators in statements(tokens, function) for _, name, _ in declarators}


def _declaration(statement):
    """What a statement declares; no declarators for any other statement."""
    base = _base_length(statement)
    while base and statement[base - 1].text == "*":
        base -= 1
    if not base:
        return [], []
    declarators, depth, wanted, stars = [], 0, True, ""
    for index, token in enumerate(statement[base:], base):
        if depth == 0 and wanted and token.text == "*":
            stars += "*"
        if depth == 0 and wanted and token.kind == "name" and token.text not in KEYWORDS:
            follows = statement[index + 1].text if index + 1 < len(statement) else ";"
            declarators.append((stars, token.text, follows))
            wanted, stars = False, ""
        depth += (token.text in "([{") - (token.text in ")]}")
        if depth == 0 and token.text == ",":
            wanted = True
    return statement[:base], declarators


def _base_length(statement):
    """How many tokens of a statement are the type of a declaration; 0 if it is none."""
    index, words = 0, 0
    while index < len(statement) and statement[index].kind == "name":
        text = statement[index].text
        if text in ("struct", "union", "enum"):
            index, words = index + 2, words + 1
        elif text in TYPE_WORDS or words == 0 and text not in KEYWORDS:
            index, words = index + 1, words + 1
        else:
            break
    stars = index
    while stars < len(statement) and statement[stars].text in ("*", "const", "__rcu", "__iomem", "__user", "__percpu"):
        stars += 1
    if not words or stars + 1 > len(statement) or statement[stars:] == [] or statement[stars].kind != "name":
        return 0
    after = statement[stars + 1].text if stars + 1 < len(statement) else ";"
    return stars if after in ("=", ",", "[", ";") else 0


# --- renaming --------------------------------------------------------------------------------------------------------


class Names:
    """Fresh identifiers, always the same for the same seed."""

    SYLLABLES = ("ba be bo da de do fa fe fi ga go ka ke ki la le lo "
                 "ma mi mo na ne ni pa pe ra ri ro sa se ta te to va ve")

    def __init__(self, seed, taken):
        self.random = random.Random(seed)
        self.taken = set(taken)
        self.parts = self.SYLLABLES.split()

    def fresh(self):
        while True:
            name = "".join(self.random.choice(self.parts) for _ in range(5))
            if name not in self.taken:
                self.taken.add(name)
                return name


def propose(files, protected, untouchable, seed):
    """A renaming for {file: text}: all names that only these files use, and the locals of their functions.

    `protected`: names that mean something outside of the files (locals may still have such a name). `untouchable`:
    names that nothing may be called by anything else: the vocabulary of the spec.
    """
    tokens = {file: tokenize(text) for file, text in sorted(files.items())}
    used = set().union(*({token.text for token in some if token.kind == "name"} for some in tokens.values()))
    untouchable = set(untouchable).union(*map(_pasted, tokens.values()), *map(_attributes, tokens.values()))
    names = Names(seed, used | set(protected) | set(untouchable) | KEYWORDS)
    result = Renaming()
    for name in sorted(used - set(protected) - set(untouchable) - KEYWORDS):
        result.everywhere[name] = names.fresh()
    for file, some in tokens.items():
        for function in functions(some):
            free = local_names(some, function) - set(untouchable) - KEYWORDS - set(result.everywhere)
            result.local[file, function.name] = {name: names.fresh() for name in sorted(free)}
    return result


def _pasted(tokens):
    """The names beside a ##: parts of other names."""
    full = [token for token in tokens if token.kind not in ("space", "comment")]
    beside = [pair for one, two in zip(full, full[1:]) if "##" in (one.text, two.text) for pair in (one, two)]
    return {token.text for token in beside if token.kind == "name"}


def _attributes(tokens):
    """The names of attributes. The compiler ignores one that it does not know."""
    names, depth = set(), 0
    for token in (token for token in tokens if token.kind not in ("space", "comment")):
        if token.text == "__attribute__":
            depth = 1
        elif depth:
            depth += (token.text == "(") - (token.text == ")")
            if token.kind == "name" and depth == 3:
                names.add(token.text)
            depth = 0 if depth == 1 and token.text == ")" else depth
    return names


def rename(file, text, renaming):
    """The text with the renaming applied; comments, strings and #include lines stay as they are."""
    tokens = tokenize(text)
    for function in functions(tokens):
        _rename_locals(tokens, function, renaming.local.get((file, function.name), {}))
    for token in tokens:
        if token.kind == "name" and token.text in renaming.everywhere:
            token.text = renaming.everywhere[token.text]
    return untokenize(tokens)


def _rename_locals(tokens, function, names):
    before = ""
    for index in range(function.params, function.end):
        token = tokens[index]
        if token.kind in ("space", "comment", "include"):
            continue
        if token.kind == "name" and before not in OTHER_SPACE:
            token.text = names.get(token.text, token.text)
        before = token.text


# --- reordering ------------------------------------------------------------------------------------------------------


def reorder(text, seed):
    """(text with some neighbouring static functions exchanged, how many pairs). Neither of a pair mentions the other,
    and nothing but comments and space stands between them."""
    tokens, shuffle = tokenize(text), random.Random(seed)
    pairs, last = [], -1
    found = functions(tokens)
    for first, second in zip(found, found[1:]):
        if first.start >= last and _can_swap(tokens, first, second) and shuffle.random() < 0.7:
            pairs.append((first, second))
            last = second.end
    for first, second in reversed(pairs):
        tokens[first.start:second.end] = (tokens[second.start:second.end] + tokens[first.end:second.start]
                                          + tokens[first.start:first.end])
    return untokenize(tokens), len(pairs)


def _can_swap(tokens, first, second):
    if not (first.is_static and second.is_static):
        return False
    between = tokens[first.end:second.start]
    if any(token.kind not in ("space", "comment") for token in between):
        return False
    one, two = tokens[first.start:first.end], tokens[second.start:second.end]
    if any(in_directive(one)) or any(in_directive(two)):
        return False
    return not (_mentions(one, second.name) or _mentions(two, first.name))


def _mentions(tokens, name):
    return any(token.kind == "name" and token.text == name for token in tokens)


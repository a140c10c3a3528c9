# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Moves conditions of C functions into helpers of their own, on tokens; metamorphic.py uses it.

`if (COND)` becomes `if (helper(a, b))`, where a and b are the local variables that COND reads. Only conditions that
change no local variable are moved, and only where the types of those variables can be read off. Like renamer.py it
proposes, and the compiler has the last word.
"""

import random
import re

from renamer import KEYWORDS, code, functions, local_names, parameter_groups, statements, tokenize, untokenize

# What must not stand in a condition that is moved: it changes something here, or jumps.
CHANGES = re.compile(r"(?<![=!<>])=(?!=)|\+\+|--|\{|;")
# Worth a helper: it reads through a pointer, calls, or combines.
GUARD = re.compile(r"->|\w\s*\(|&&|\|\|")
SIMPLE_TYPES = frozenset("""bool char int long short signed unsigned u8 u16 u32 u64 s8 s16 s32 s64 size_t ssize_t
    dma_addr_t phys_addr_t gfp_t""".split())
SHARE = 0.7  # of the conditions that can be moved


def extract(text, prefix, seed, without=frozenset()):
    """(text with conditions moved, {helper: function that it was moved out of}). Helpers of these names are not made,
    the others as ever."""
    tokens, choose = tokenize(text), random.Random(seed)
    helpers, number = {}, 0
    for function in reversed(functions(tokens)):
        definitions = []
        types = variable_types(tokens, function)
        for first, last in reversed(conditions(tokens, function)):
            condition = untokenize(tokens[first:last])
            names = free_names(tokens, first, last, types)
            if names is None or choose.random() >= SHARE:
                continue
            name, number = f"{prefix}{number}", number + 1
            if name in without:
                continue
            helpers[name] = function.name
            parameters = ", ".join(f"{types[one]}{one}" for one in names) or "void"
            definitions.append(f"static int {name}({parameters})\n{{\n\treturn ({condition}) ? 1 : 0;\n}}\n\n")
            tokens[first:last] = tokenize(f"{name}({', '.join(names)})")
        tokens[function.start:function.start] = tokenize("".join(definitions))
    return untokenize(tokens), helpers


def conditions(tokens, function):
    """(first, last) of what stands in the parentheses of each `if`, in order; those in macros are left out."""
    result, places = [], code_places(tokens, function)
    for at, index in enumerate(places[:-1]):
        if tokens[index].text != "if" or tokens[places[at + 1]].text != "(":
            continue
        depth = 0
        for place in places[at + 1:]:
            depth += (tokens[place].text == "(") - (tokens[place].text == ")")
            if depth == 0:
                result.append((places[at + 1] + 1, place))
                break
    # An `if` within the condition of another (a statement expression) goes with that.
    return [one for one in result if not any(other[0] < one[0] < other[1] for other in result)]


def code_places(tokens, function):
    return [function.body + index for index in code(tokens[function.body:function.end])]


def free_names(tokens, first, last, types):
    """The local variables that a condition reads, sorted; None if it is not to be moved."""
    text = untokenize(tokens[first:last])
    if CHANGES.search(text) or not GUARD.search(text) or "#" in text:
        return None
    names, before, address = set(), "(", False
    for token in tokens[first:last]:
        if token.kind in ("space", "comment"):
            continue
        if token.text in ("return", "goto", "__func__"):
            return None
        if token.kind == "name" and token.text in types and before not in (".", "->", "struct", "union", "enum"):
            if types[token.text] is None or address:
                return None
            names.add(token.text)
        address = token.text == "&" and not (before.isidentifier() or before in (")", "]"))
        before = token.text
    # `& x->y` is the address of no local variable, but told apart only by the compiler: it is left where it is.
    return sorted(names)


def variable_types(tokens, function):
    """{local variable: the text of its type, to be followed by its name}; None where that cannot be told."""
    types = {name: None for name in local_names(tokens, function) - KEYWORDS}
    found = {}
    for group in parameter_groups(tokens, function):
        note(found, group[:-1], group[-1].text if group else "", "")
    for base, declarators in statements(tokens, function):
        for stars, name, follows in declarators:
            note(found, [token for token in base if token.text != "static"], name, stars, follows == "[")
    types.update({name: kind for name, kind in found.items() if name in types})
    return types


def note(found, base, name, stars, is_array=False):
    """Adds the type of a variable; None if it is no number and no pointer, or if there are two of that name."""
    words = [token.text for token in base]
    kind = " ".join(words + list(stars)) + " "
    is_pointer = "*" in words or bool(stars)
    is_number = all(word in SIMPLE_TYPES or word == "const" for word in words) and words
    good = not is_array and (is_pointer or is_number) and all(re.fullmatch(r"\w+|\*", word) for word in words)
    found[name] = kind if good and found.get(name, kind) == kind else None

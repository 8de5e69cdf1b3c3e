"""Lines of a claim: which word is meant, and what is wrong with a line."""

import pytest

from attention.claims.files import NotLines, read_lines
from attention.claims.lines import (
    MAX_EXAMPLES,
    parse,
    write_line,
)
from attention.naming import find_word

SLOWLY = "The turtle moved slowly across the [MASK]. | slowly -> moved"


def words(line: str) -> tuple[str, str]:
    examples, malformed = parse([line])
    assert not malformed, malformed
    text = examples[0].text
    return text[slice(*examples[0].query)], text[slice(*examples[0].key)]


def reason(line: str) -> str:
    examples, malformed = parse([line])
    assert not examples
    return malformed[0].reason


def test_a_line_is_a_sentence_and_a_pair_behind_a_bar():
    (example,), _ = parse([SLOWLY])
    assert example.text == "The turtle moved slowly across the [MASK]."
    assert (example.query, example.key) == ((17, 23), (11, 16))
    assert example.pair == "slowly -> moved"


def test_a_pair_names_a_repeated_word_by_its_number():
    (example,), _ = parse(["The dog saw the Cat. | the#2 -> cat"])
    assert example.pair == "the#2 -> Cat"


@pytest.mark.parametrize(
    "pair",
    [
        *("slowly->moved", "  slowly  ->  moved ", "slowly → moved"),
        *("slowly --> moved", "slowly –> moved", "slowly—>moved"),
    ],
)
def test_spaces_and_the_arrow_as_a_sign_do_not_matter(pair):
    assert words(f"It moved slowly.|{pair}") == ("slowly", "moved")


@pytest.mark.parametrize(
    ("text", "name", "span"),
    [
        ("The dog saw the cat.", "the#1", (0, 3)),
        ("The dog saw the cat.", "the#2", (12, 15)),
        ("The dog saw the cat.", "THE#2", (12, 15)),
        ("A cat and a cat", "cat#2", (12, 15)),
        ("We moved; it moves.", "moves", (13, 18)),  # not inside "moved"
        ("I don't know.", "don't", (2, 7)),
        ("I don’t know.", "don't", (2, 7)),  # pasted, and typed
        ("I don't know.", "Don’t", (2, 7)),
        ("In New York it rains.", "New York", (3, 11)),
        ("The [MASK] ran.", "[MASK]", (4, 10)),
        ("C#2 is a note.", "C#2", (0, 3)),
        ("Über Äpfel", "äpfel", (5, 10)),
        ("我喜欢猫", "猫", (3, 4)),  # signs are words of their own
    ],
)
def test_a_word_is_found_where_a_person_would_find_it(text, name, span):
    assert find_word(text, name) == span


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("It moved slowly.", "there is no vertical bar"),
        ("It moved. | moved", "two words and an arrow"),
        ("It moved. | it -> moved -> it", "two words and an arrow"),
        ("It moved. | it ->", "two words and an arrow"),
        ("| it -> moved", "no sentence before the vertical bar"),
        ("It moved. | slowly -> moved", "“slowly” is not a word of the sentence; copy"),
        ("It moved. | mov -> it", "“mov” is only a part of “moved”; name all of it"),
        ("[CLS] it moved. | it -> [CLS]", "[CLS] does not count; name two words"),
        (
            "It moved slowly.,slowly,moved",
            "; write sentence | from -> to, or in a .csv",
        ),
        ("the dog saw the cat | the -> dog", "“the” occurs 2 times; write the#1"),
        ("the dog saw the cat | the#3 -> dog", "“the” occurs only 2 times"),
        ("It moved. | it#2 -> moved", "“it” occurs only once"),
        ("It moved. | it -> it", "same word"),
        ("In New York | New York -> York", "same word"),
    ],
)
def test_a_line_that_says_no_pair_is_told_why(line, says):
    assert says in reason(line)


def test_bad_lines_keep_their_numbers_and_the_rest_is_read():
    examples, malformed = parse([SLOWLY, "", "nonsense", "A cat ran. | A -> cat"])
    assert [example.line for example in examples] == [1, 4]
    assert [str(line)[:7] for line in malformed] == ["line 3:"]


def test_a_copied_line_is_no_new_evidence_and_is_told_so():
    again = "the turtle  moved slowly across the [MASK]. | SLOWLY --> moved"
    other = "The turtle moved slowly across the [MASK]. | turtle -> moved"
    examples, malformed = parse([SLOWLY, other, again, SLOWLY])
    assert [example.line for example in examples] == [1, 2]
    assert [one.line for one in malformed] == [3, 4]
    assert "it repeats line 1, and a copy is no new" in malformed[0].reason


def test_more_sentences_than_are_tested_are_said_once():
    lines = [f"Cat {i} ran. | Cat -> ran" for i in range(MAX_EXAMPLES + 5)]
    examples, (beyond,) = parse(lines)
    assert len(examples) == 2000
    assert (beyond.line, beyond.lines) == (2001, 5)
    assert beyond.reason == (
        "only the first 2,000 sentences are tested; from here on 5 are left out"
    )


def test_good_lines_behind_a_hundred_bad_ones_are_read():
    examples, malformed = parse(["nonsense"] * 102 + [SLOWLY] + ["nonsense"])
    assert [example.line for example in examples] == [103]
    assert [one.line for one in malformed] == list(range(1, 102))
    assert sum(one.lines for one in malformed) == 103
    assert malformed[-1].reason == "from here on 3 more; correct those above first"


@pytest.mark.parametrize(
    ("text", "query", "key", "line"),
    [
        ("It moved slowly.", (9, 15), (3, 8), "It moved slowly. | slowly -> moved"),
        ("The dog saw the cat.", (12, 15), (16, 19), "| the#2 -> cat"),
        ("a  b   a", (7, 8), (3, 4), "a b a | a#2 -> b"),
    ],
)
def test_a_written_line_reads_back_as_the_same_pair(text, query, key, line):
    written = write_line(text, query, key)
    assert written.endswith(line)
    pair = text[slice(*query)], text[slice(*key)]
    assert words(written) == pair


@pytest.mark.parametrize(
    "table",
    [
        'sentence,from,to\n"Slowly, it moved.",slowly,moved\n',
        "sentence;from;to\nSlowly, it moved.;slowly;moved\n",
        "Text\tfrom\tto\r\nSlowly, it moved.\tslowly\tmoved\r\n",
        "sentence;from;to;;\nSlowly, it moved.;slowly;moved;;\n",
        'Sentence\r\n"Slowly, it moved. | slowly -> moved"\r\n',  # one column
        'sentence,,\n"Slowly, it moved. | slowly -> moved",,\n',
        'to,note,sentence,from\nmoved,,"Slowly, it moved.",slowly\n',
        "key;Query;text;by\nmoved;slowly;Slowly, it moved.;Ann\n",
        'text,key,sentence,from,to\nAnn,7,"Slowly, it moved.",slowly,moved\n',
        "Sentence;von;zu\nSlowly, it moved.;slowly;moved\n",
        "sep=;\nsentence;to;from\nSlowly, it moved.;moved;slowly\n",
        'sentence, from, to\n"Slowly, it moved.", "slowly", "moved"\n',
    ],
)
def test_a_table_becomes_lines_with_the_files_numbers(table):
    lines = read_lines(table.encode(), is_table=True)
    assert [line for line in lines if line] == ["Slowly, it moved. | slowly -> moved"]
    assert parse(lines)[0][0].line == table.count("\n", 0, table.index("Slowly")) + 1


def test_rows_of_several_lines_keep_the_numbers_of_the_rest():
    table = b'sentence,from,to\n"Slowly\nit moved.",slowly,moved\nA cat ran.,cat,ran'
    lines = read_lines(table, is_table=True)
    assert lines == [
        *("", "Slowly it moved. | slowly -> moved", ""),
        "A cat ran. | cat -> ran",
    ]


def test_a_row_with_a_word_that_names_a_column_is_no_header():
    rows = ["The judge passed a sentence.,passed,sentence", "A text ran.,text,ran"]
    table = "\n".join(rows)
    lines = ["The judge passed a sentence. | passed -> sentence"]
    lines += ["A text ran. | text -> ran"]
    assert read_lines(table.encode(), is_table=True) == lines
    headed = f"sentence,from,to\n{table}".encode()
    assert read_lines(headed, is_table=True) == ["", *lines]


def test_a_header_below_a_title_is_a_header():
    table = b"My list,,\nsentence,to,from\nA dog ran.,ran,dog\n"
    (example,), (title,) = parse(read_lines(table, is_table=True))
    assert (example.line, example.pair, title.line) == (3, "dog -> ran", 1)


def test_a_header_that_lacks_a_column_is_told_which():
    with pytest.raises(
        NotLines, match="is not a table: its header has no column named “to”"
    ):
        read_lines(b"id,sentence,query,target\n1,A dog ran.,dog,ran", is_table=True)


def test_lines_with_bars_stay_as_they_are_among_rows_in_quotation_marks():
    table = '"It said ""no"". | It -> said"\nYes, he, ran. | ran -> he\n'
    assert read_lines(table.encode(), is_table=True) == [
        'It said "no". | It -> said',
        "Yes, he, ran. | ran -> he",
    ]


def test_many_bad_rows_and_a_bar_leave_the_good_rows_of_a_table():
    bad = "".join(f"row {i},zzz,here\n" for i in range(60))
    table = f"sentence,from,to\n{bad}A dog ran.,dog,ran\nA | cat sat.,cat,sat\n"
    examples, malformed = parse(read_lines(table.encode(), is_table=True))
    assert [one.line for one in examples] == [62, 63]
    assert len(malformed) == 60


def test_a_row_with_too_many_cells_is_told_of_commas_and_the_rest_is_read():
    table = b"sentence,from,to\nSlowly, it moved.,slowly,moved\nA cat ran.,cat,ran"
    (example,), (row,) = parse(read_lines(table, is_table=True))
    assert (example.line, row.line) == (3, 2)
    assert row.reason.endswith("(a sentence with commas in quotation marks)")


def test_a_file_of_lines_with_commas_is_taken_as_it_is():
    file = b'"Go," it said. | it -> said'
    assert read_lines(file, is_table=True) == ['"Go," it said. | it -> said']


def test_a_bar_in_a_tables_sentence_is_a_sign_like_others():
    table = b"sentence;from;to\nIt | he moved slowly.;slowly;moved\n"
    lines = read_lines(table, is_table=True)
    assert lines == ["", "It | he moved slowly. | slowly -> moved"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_spreadsheets_encodings_are_read(encoding):
    file = f"{SLOWLY}\r\nÜber".encode(encoding)
    assert read_lines(file, is_table=False) == [SLOWLY, "Über"]


@pytest.mark.parametrize("file", [b"\xff\xfa\x00", b"PK\x03\x04\x00", b"a\x00b"])
def test_a_file_that_is_no_text_is_told_so(file):
    with pytest.raises(NotLines, match="not UTF-8 text"):
        read_lines(file, is_table=True)

"""The project as a whole: names, locks, sizes, settings, contracts – what no module can check of itself."""

import ast
import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from connectors import ORDER, load_contracts
from hub.contract.recognise import Match, recognise
from hub.demo import EXTRACTS, LEVELS, generate
from hub.settings import SETTINGS

ROOT = Path(__file__).parents[2]
PRODUCT = ("hub", "schema", "connectors")
#: Calls that run a text as a program, and modules that read objects out of bytes, make pages or mails of a text, or ask directories.
RUNS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen", "os.execv", "os.execvp", "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell"}
OTHERS = {"pickle", "marshal", "shelve", "dill", "yaml", "jinja2", "mako", "markdown", "string", "smtplib", "imaplib", "ldap", "ldap3", "memcache", "pymemcache", "lxml", "xml", "ftplib", "telnetlib"}
#: Where chance is not for secrets: drawn cities, weights that are learnt, pauses.
BY_CHANCE = ("hub/demo/", "hub/identity/training.py", "connectors/transports/http_ask.py")


def tracked(pattern: str) -> list[Path]:
    told = subprocess.run(["git", "ls-files", pattern], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in told.stdout.split("\n") if name and (ROOT / name).exists()]


def test_top_level_names_are_ours_alone():
    found = packages_distributions()
    for name in ("hub", "schema", "connectors"):
        assert set(found.get(name, ["children-hub"])) == {"children-hub"}


def test_locks_carry_hashes_and_no_address():
    for lock in (ROOT / "requirements").glob("*.lock"):
        text = lock.read_text()
        assert not re.search(r"https?://", text) and "--hash=sha256:" in text, lock


def test_no_python_file_is_over_600_lines():
    """Of the product: a test's table of awkward files may be long."""
    product = [path for folder in ("hub", "schema", "connectors", "deploy") for path in tracked(f"{folder}/*.py")]
    long = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in product}
    assert {name: lines for name, lines in long.items() if lines > 600} == {}


def test_the_example_environment_has_every_setting():
    told = dict(re.findall(r"^#?([A-Z_]+)=(.*)$", (ROOT / "deploy" / "hub.env.example").read_text(), re.MULTILINE))
    assert told == {setting.name: setting.default for setting in SETTINGS}


def test_readme_names_only_targets_and_verbs_that_exist():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", readme)) <= targets | {"and"}
    cli = (ROOT / "hub" / "cli.py").read_text(encoding="utf-8")
    for verb in set(re.findall(r"bin/hub ([a-z-]+)", readme)):
        assert f'("{verb}")' in cli or f"def {verb}(" in cli or f'"{verb}"' in cli, verb


def test_every_contract_is_in_order_and_within_120_lines():
    files = sorted(str(path.relative_to(ROOT / "connectors").with_suffix("")) for path in (ROOT / "connectors").glob("*/*.toml"))
    assert files == sorted(ORDER)
    assert all(len((ROOT / "connectors" / f"{name}.toml").read_text(encoding="utf-8").splitlines()) <= 120 for name in files)
    assert len(load_contracts()) == len(ORDER)


@pytest.mark.parametrize("round_", [1, 2])
def test_each_demo_extract_is_recognised_by_its_own_contract(round_):
    contracts = load_contracts()
    found = {}
    for extract in EXTRACTS:
        headers = extract.second_round(extract.headers) if extract.second_round and round_ == 2 else extract.headers
        match = recognise(contracts, file_name=f"{extract.title}_202609.csv", titles=(), headers=(*(("序号",) if extract.numbered else ()), *headers))
        assert isinstance(match, Match), (extract.title, match)
        assert match.contract.department == extract.department and not match.unknown, (extract.title, match.contract.name, match.unknown)
        found[extract.title] = match.contract.name
    assert len(set(found.values())) == len(found)


def test_a_demo_city_is_the_same_bytes_for_the_same_seed(tmp_path):
    def bytes_of(folder: Path) -> dict[str, bytes]:
        return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}

    for name in ("a", "b"):
        generate(tmp_path / name, children=60, seed=7)
    generate(tmp_path / "c", children=60, seed=8)
    assert bytes_of(tmp_path / "a") == bytes_of(tmp_path / "b") != bytes_of(tmp_path / "c")
    assert len(LEVELS) == 5


def test_version_is_the_same_everywhere():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert version.count(".") == 2


def parsed() -> dict[str, ast.Module]:
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for folder in PRODUCT for path in tracked(f"{folder}/*.py")}


def imported(node: ast.AST) -> list[str]:
    """The modules that a statement imports."""
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [one.name for one in node.names] if isinstance(node, ast.Import) else []


def test_no_text_is_run_as_a_program_and_no_object_is_read_out_of_bytes():
    for name, module in parsed().items():
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                assert ast.unparse(node.func) not in RUNS and not [one for one in node.keywords if one.arg == "shell"], (name, node.lineno)
            assert not OTHERS & {one.split(".")[0] for one in imported(node)}, (name, node.lineno)


def test_hashes_are_of_the_good_ones_and_chance_for_secrets_is_the_systems():
    """hashlib's alone: of SQL, md5 makes ids of rows, which keep no secret."""
    for name, module in parsed().items():
        for node in ast.walk(module):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "hashlib":
                assert node.attr in ("sha256", "blake2b", "file_digest"), (name, node.lineno)
            if isinstance(node, ast.ImportFrom) and node.module == "hashlib":
                assert {one.name for one in node.names} <= {"sha256", "blake2b"}, name
            assert "random" not in imported(node) or name.startswith(BY_CHANCE), name


def test_no_secret_lies_in_the_source():
    for path in (path for folder in (*PRODUCT, "deploy", "requirements") for path in tracked(f"{folder}/*")):
        text = path.read_bytes().decode("utf-8", "replace")
        assert not re.search(r"BEGIN [A-Z ]*PRIVATE KEY|\"d\": ?\"[\w-]{20,}|Bearer [\w-]{20,}", text), path
        assert not re.search(r"(?i)^\s*(?:password|secret|token)\s*=\s*[\"'][^\"'{<]{8,}[\"']", text, re.MULTILINE), path


def test_what_is_shipped_has_neither_tests_nor_history():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == list(PRODUCT)
    assert {path.parts[0] for path in map(Path, re.findall(r'ROOT / "([\w.]+)"', (ROOT / "deploy" / "bundle.py").read_text()))} == {"requirements", "deploy"}
    assert "COPY . bundle/" in (ROOT / "deploy" / "Dockerfile").read_text() and "dist/bundle" in (ROOT / "deploy" / "Dockerfile").read_text()

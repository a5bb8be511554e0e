"""Writes deploy/hub.env.example from the settings: `python deploy/make_example.py`."""

from pathlib import Path

from hub.settings import SETTINGS

if __name__ == "__main__":
    lines = ["# Settings of children-hub; copy to /etc/children-hub/hub.env and take the # away where you set one.", ""]
    for setting in SETTINGS:
        lines += [f"# {setting.help}", f"#{setting.name}={setting.default}", ""]
    (Path(__file__).parent / "hub.env.example").write_text("\n".join(lines), encoding="utf-8")

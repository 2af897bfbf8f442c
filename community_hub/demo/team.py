"""The demo’s team. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

BO, LENA, SURI, OWNER = "bo", "lena", "suri", "owner"


@dataclass(frozen=True)
class Colleague:
    name: str
    email: str
    role: str
    timezone: str = "Europe/Berlin"
    native: str = ""  # the handle under which they answer on the forum themselves


COLLEAGUES = {
    OWNER: Colleague("Robin Hale", "owner@polyphon.example", "admin"),
    BO: Colleague("Bo Nilsson", "bo@polyphon.example", "manager", "Europe/Stockholm"),
    LENA: Colleague("Lena Okafor", "lena@polyphon.example", "lead", native="lena"),
    SURI: Colleague("Suri Anand", "suri@polyphon.example", "contributor", native="suri"),
}

"""What an agent's name and description say outweighs what its body mentions: which files a foreign agent takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from builders import change_set, changed, hunk

from reviewbot.agents import agent_files
from reviewbot.agents.routing import route
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from reviewbot.core.agent import Agent

CASES = yaml.safe_load((Path(__file__).parents[1] / "data" / "agents" / "foreign.yml").read_text(encoding="utf-8"))
FILES = {
    "handler": (
        "app/api/items.py",
        "+from fastapi import APIRouter",
        "+from sqlalchemy.ext.asyncio import AsyncSession",
    ),
    "view": ("shop/views.py", "+from django.shortcuts import render"),
    "helper": ("lib/helper.py", "+x = 1"),
    "page": ("src/Cart.tsx", '+import React from "react";'),
    "vue": ("web/Cart.vue", "+<template />"),
    "solver": ("num/solver.jl", "+using LinearAlgebra"),
    "main": ("cmd/main.go", "+package main"),
    "lib": ("crate/lib.rs", "+fn main() {}"),
    "deploy": ("ops/deploy.ps1", "+Get-ChildItem"),
    "infra": ("infra/main.tf", "+x"),
    "form": ("legacy/Form1.cs", "+class A {}"),
    "schema": ("db/schema.sql", "+create table t (id int);"),
    "script": ("bin/run.sh", "+ls"),
}


def agent(name: str, description: str, body: str) -> Agent:
    return agent_files.parse(f"---\nname: {name}\ndescription: '{description}'\n---\n{body}\n", f"{name}.md").agent


def taken(*several: Agent) -> dict[str, list[str]]:
    """Route each file by itself, since a silent one follows its neighbours; agent → what it takes."""
    result: dict[str, list[str]] = {one.name: [] for one in several}
    for what, (path, *lines) in FILES.items():
        for assignment in route(change_set(changed(path, hunk(1, *lines))), several, reviewers=0).assignments:
            result[assignment.agent].append(what)
    return result


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_foreign_agent_takes_what_it_is_about(case: dict[str, Any]) -> None:
    assert taken(agent(case["name"], case["description"], case["body"])) == {case["name"]: case["takes"]}


def test_all_of_them_at_once_do_not_take_each_others_files() -> None:
    several = [agent(case["name"], case["description"], case["body"]) for case in CASES]
    for name, files in taken(*several).items():
        allowed = next(case["takes"] for case in CASES if case["name"] == name)
        assert set(files) <= set(allowed), name


def test_a_tie_is_said_as_a_tie_whatever_the_files_are() -> None:
    twins = [agent(name, "React components.", "x") for name in ("react-one", "react-two")]
    path, *lines = FILES["page"]
    (file,) = route(change_set(changed(path, hunk(1, *lines))), twins).unassigned
    assert sentence(file.reason) == (
        "the evidence fits several agents alike (react-one and react-two); pin the path in .reviewbot.yml to decide"
    )


@pytest.mark.parametrize(
    ("path", "line", "name"),
    [
        ("src/orders.service.ts", 'import { Injectable } from "@nestjs/common";', "nestjs-expert"),
        ("src/plain.ts", "export const one = 1;", None),
        ("src/Page.tsx", "import Link from 'next/link';", "nextjs-expert"),
        ("db/schema.prisma", "model User {}", "prisma-expert"),
        ("src/db.ts", 'import { PrismaClient } from "@prisma/client";', "prisma-expert"),
        ("tests/login.spec.ts", 'import { test } from "@playwright/test";', "playwright-expert"),
        ("cypress/e2e/login.cy.ts", "cy.visit('/')", "cypress-expert"),
        ("deploy/api.yaml", "apiVersion: apps/v1", "kubernetes-expert"),
        ("config/app.yaml", "debug: true", None),
        ("billing/pay.py", "import stripe", "stripe-expert"),
    ],
)
def test_a_framework_is_known_by_what_a_file_imports_or_says(path: str, line: str, name: str | None) -> None:
    names = ("nestjs", "nextjs", "prisma", "playwright", "cypress", "kubernetes", "stripe")
    several = [agent(f"{one}-expert", "Knows it well.", "x") for one in names]
    routing = route(change_set(changed(path, hunk(1, f"+{line}"))), several)
    assert [one.agent for one in routing.assignments] == ([name] if name else [])


def test_an_agent_of_a_framework_goes_before_that_of_its_language() -> None:
    several = [agent("fastapi-pro", "FastAPI.", "x"), agent("python-pro", "Python, FastAPI and Pydantic.", "x")]
    assert taken(*several) == {"fastapi-pro": ["handler"], "python-pro": ["view", "helper"]}


def test_the_neighbours_of_a_file_that_uses_a_library_stay_with_their_language() -> None:
    several = [agent("stripe-expert", "Payments.", "x"), agent("typescript-pro", "Types.", "x")]
    files = [("src/pay.ts", 'import Stripe from "stripe";'), ("src/cart.ts", "export const one = 1;")]
    routing = route(change_set(*(changed(path, hunk(1, f"+{line}")) for path, line in files)), several)
    assert {one.agent: one.files for one in routing.assignments} == {
        "stripe-expert": ("src/pay.ts",),
        "typescript-pro": ("src/cart.ts",),
    }

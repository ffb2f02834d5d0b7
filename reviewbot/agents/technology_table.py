"""The technologies that are known: how prose and an agent's name say them, and what files show that they are used."""

from __future__ import annotations

from typing import NamedTuple


class Technology(NamedTuple):
    """One technology.

    Attributes:
        names: How prose names it, a regular expression. "Go", "React", "Swift", "Express", "Rust" are words as well,
            so only names written as names count.
        signals: ``kind pattern pattern; kind pattern``. Besides the kinds of a signal there are ``may`` (a path that
            may be its business, where something else says so), ``library`` and ``script`` (what a module or a script
            imports, and its neighbours need not) and ``npm`` (a package that says how a whole project is written).
        words: How one word of an agent's name may say it besides, in any case.
    """

    names: str
    signals: str
    words: str = ""


_SCRIPTS = "may **/*.ts **/*.tsx **/*.js **/*.jsx **/*.mjs **/*.cjs"
_TESTS = "**/*.test.* **/*.spec.* **/__tests__/**"
_CODE = f"{_SCRIPTS} **/*.py **/*.java **/*.kt"
_YAML = "may **/*.yml **/*.yaml"

PYTHON = Technology(r"Python", "path **/*.py", "py")
FRAMEWORKS = (
    Technology(r"FastAPI", "import fastapi; dependency fastapi"),
    Technology(
        r"Django(?: REST [Ff]ramework)?|DRF", "import django rest_framework; dependency django; file **/manage.py"
    ),
    Technology(r"Flask", "import flask; dependency flask"),
)
LIBRARIES = (
    Technology(r"SQLAlchemy", "import sqlalchemy; dependency sqlalchemy"),
    Technology(
        r"async(?:hronous)? SQLAlchemy|SQLAlchemy(?: 2\.0)? async|AsyncSession|asyncpg", "import sqlalchemy.ext.asyncio"
    ),
    Technology(r"Alembic", "import alembic; dependency alembic"),
    Technology(r"Pydantic", "import pydantic"),
    Technology(r"Celery", "import celery; dependency celery"),
    Technology(r"pytest", "import pytest"),
)
SCIENCE = (
    Technology(r"[Pp]andas", "import pandas"),
    Technology(r"NumPy|numpy", "import numpy"),
    Technology(r"PyTorch", "import torch"),
    Technology(r"TensorFlow|Keras", "import tensorflow keras"),
    Technology(r"[Ss]cikit-learn", "import sklearn", "sklearn|scikit learn"),
    Technology(r"Airflow", "import airflow"),
    Technology(r"PySpark", "import pyspark"),
)
# What has no kind of file of its own: whatever imports it is its business.
_ANYWHERE = (
    Technology(r"Redis", f"{_CODE}; library redis; script redis ioredis"),
    Technology(r"Kafka", f"{_CODE}; library kafka confluent_kafka org.apache.kafka; script kafkajs"),
    Technology(r"RabbitMQ", f"{_CODE}; library pika aio_pika com.rabbitmq; script amqplib"),
    Technology(r"MongoDB", f"{_CODE}; library pymongo motor; script mongodb mongoose", "mongo"),
    Technology(r"DynamoDB", f"{_CODE}; library boto3; script @aws-sdk/client-dynamodb"),
    Technology(
        r"Elasticsearch|OpenSearch", f"{_CODE}; library elasticsearch opensearchpy; script @elastic/elasticsearch"
    ),
    Technology(r"OpenTelemetry", f"{_CODE}; library opentelemetry io.opentelemetry; script @opentelemetry", "otel"),
    Technology(r"Stripe", f"{_CODE}; library stripe com.stripe; script stripe @stripe"),
    Technology(r"OpenAI API", f"{_CODE}; library openai; script openai"),
    Technology(r"LangChain", f"{_CODE}; library langchain langgraph; script langchain @langchain"),
    Technology(r"Auth0", f"{_CODE}; library auth0; script auth0 @auth0 express-oauth2-jwt-bearer"),
    Technology(r"JWTs?", f"{_CODE}; library jwt jose; script jsonwebtoken jose"),
    Technology(r"Selenium", f"{_CODE}; library selenium org.openqa.selenium; script selenium-webdriver"),
    Technology(r"Temporal(?:\.io)?(?= (?:workflow|Python|SDK))", f"{_CODE}; library temporalio; script @temporalio"),
)
_SCRIPTED = (
    Technology(r"TypeScript", "path **/*.ts **/*.tsx **/*.mts **/*.cts", "ts"),
    Technology(r"JavaScript|ES6\+?", "path **/*.js **/*.jsx **/*.mjs **/*.cjs", "js"),
    Technology(
        r"Node(?:\.js|JS)|Bun(?= runtime)|Deno", "path **/*.js **/*.mjs **/*.cjs; may **/*.ts", "node|nodejs|bun"
    ),
    Technology(
        r"React(?! Native)(?! to\b)",
        f"path **/*.tsx **/*.jsx; {_SCRIPTS}; npm react react-dom",
        "reactjs",
    ),
    Technology(r"Next\.?[Jj][Ss]", f"path **/*.tsx **/*.jsx; {_SCRIPTS}; npm next; file **/next.config.*"),
    Technology(
        r"React Native|Expo",
        f"path **/*.tsx **/*.jsx; {_SCRIPTS}; npm react-native expo; token from\\s+['\"]react-native['\"]",
    ),
    Technology(r"Remix(?= (?:framework|app|route|loader))", f"{_SCRIPTS}; npm @remix-run", "remix"),
    Technology(r"Qwik", f"{_SCRIPTS}; npm @builder.io"),
    Technology(r"SolidJS|Solid\.js", f"{_SCRIPTS}; npm solid-js"),
    Technology(r"Vue(?:\.js)?|Nuxt", f"path **/*.vue; {_SCRIPTS}; npm vue nuxt", "vuejs"),
    Technology(r"Svelte(?:Kit)?", f"path **/*.svelte; {_SCRIPTS}; npm svelte @sveltejs"),
    Technology(r"Astro(?= (?:framework|site|component|island))", f"path **/*.astro; {_SCRIPTS}; npm astro", "astro"),
    Technology(r"AngularJS", "may **/*.js **/*.html; npm angular"),
    Technology(r"Angular", "path **/*.component.*; may **/*.ts **/*.html **/*.scss; npm @angular"),
    Technology(r"Nest\.?[Jj][Ss]", "may **/*.ts; npm @nestjs"),
    Technology(r"Express(?:\.js|JS| API| server| app| framework)", f"{_SCRIPTS}; npm express", "express"),
    Technology(r"Fastify", f"{_SCRIPTS}; npm fastify"),
    Technology(r"tRPC", f"{_SCRIPTS}; script @trpc"),
    Technology(r"Prisma", f"path **/*.prisma; {_SCRIPTS}; script @prisma prisma"),
    Technology(r"Knex(?:\.js)?", f"{_SCRIPTS}; script knex"),
    Technology(r"TypeORM", f"{_SCRIPTS}; script typeorm"),
    Technology(r"Sequelize", f"{_SCRIPTS}; script sequelize"),
    Technology(r"Mongoose", f"{_SCRIPTS}; script mongoose"),
    Technology(r"BullMQ", f"{_SCRIPTS}; script bullmq"),
    Technology(r"jQuery", "may **/*.js **/*.html; script jquery"),
    Technology(r"Electron(?= (?:app|desktop|main|framework))", f"{_SCRIPTS}; npm electron", "electron"),
    Technology(r"Tauri", "path **/src-tauri/**; npm @tauri-apps; may **/*.ts **/*.rs"),
    Technology(r"Playwright", f"{_SCRIPTS}; path **/e2e/**; script @playwright; library playwright; may **/*.py"),
    Technology(r"Cypress", "path **/*.cy.* **/cypress/**"),
    Technology(r"Puppeteer", f"{_SCRIPTS}; script puppeteer"),
    Technology(r"Jest|Vitest|Mocha|Jasmine|TestCafe", f"path {_TESTS}", "ava"),
    Technology(r"Webpack", "path **/webpack*.js **/webpack*.ts"),
    Technology(r"Rollup", "path **/rollup.config.*"),
    Technology(r"Tailwind(?:CSS| CSS)?|CSS3?", "path **/*.css **/*.scss; file **/tailwind.config.*", "css"),
    Technology(r"SCSS|Sass", "path **/*.scss **/*.sass"),
    Technology(r"HTML5?", "path **/*.html **/*.htm"),
)
_COMPILED = (
    Technology(
        r"Golang|(?<=[,/(] )Go(?=[,.)/])|(?<=/)Go\b|"
        r"Go(?= (?:code|service|module|develop|programm|backend|engineer|expert|application|project|ecosystem|\d))",
        "path **/*.go",
        "go(?! to)|gin",
    ),
    Technology(r"Rust|Actix(?: Web)?|Axum", "path **/*.rs"),
    Technology(r"Julia(?! [A-Z])", "path **/*.jl", "julia"),
    Technology(r"Java(?!Script)|Spring(?: Boot)|JVM|Quarkus", "path **/*.java", "spring|bukkit"),
    Technology(r"Kotlin", "path **/*.kt **/*.kts"),
    Technology(r"Android(?= (?:app|develop|SDK|Studio|engineer|UI|Jetpack))", "path **/*.kt **/*.java", "android"),
    Technology(r"Scala", "path **/*.scala **/*.sbt"),
    Technology(r"Clojure", "path **/*.clj **/*.cljs **/*.cljc"),
    Technology(r"SwiftUI|Swift|UIKit|(?<=native )iOS|iOS(?= (?:app|develop|engineer|SDK))", "path **/*.swift", "ios"),
    Technology(r"Objective-C", "path **/*.m **/*.mm"),
    Technology(r"Ruby|Rails|Sidekiq", "path **/*.rb **/*.erb **/*.rake"),
    Technology(r"PHP|Laravel|Symfony|WordPress(?= (?:theme|plugin|develop|core|site))", "path **/*.php", "wordpress"),
    Technology(r"C#|\.NET|ASP\.NET|Unity(?= (?:game|engine|develop|\d))", "path **/*.cs", "csharp|dotnet|aspnet|unity"),
    Technology(r"C\+\+|Unreal(?: Engine)?", "path **/*.cpp **/*.hpp **/*.cc **/*.cxx **/*.hh", "cpp"),
    Technology(
        r"(?<!Objective-)C(?= (?:code|programm|developer|language))|C/C\+\+",
        "path **/*.c **/*.h",
        "c(?! (?:suite|level))",
    ),
    Technology(r"Elixir|Phoenix(?= (?:framework|LiveView|app))", "path **/*.ex **/*.exs **/*.heex", "phoenix"),
    Technology(r"Erlang", "path **/*.erl **/*.hrl"),
    Technology(r"Haskell", "path **/*.hs"),
    Technology(r"OCaml", "path **/*.ml **/*.mli"),
    Technology(r"Zig", "path **/*.zig"),
    Technology(r"Lua", "path **/*.lua"),
    Technology(r"Perl", "path **/*.pl **/*.pm"),
    Technology(r"R(?= (?:code|language|package|programm|script))|tidyverse", "path **/*.R **/*.r", "r(?! and)"),
    Technology(r"Solidity|[Ss]mart [Cc]ontracts?", "path **/*.sol", "blockchain|web3"),
    Technology(r"Flutter|Dart", "path **/*.dart"),
    Technology(r"GDScript|Godot", "path **/*.gd"),
    Technology(r"PowerShell", "path **/*.ps1 **/*.psm1 **/*.psd1"),
    Technology(
        r"Bash(?! tool|, (?:Edit|Glob|Grep|Read|Write))|(?:[Ss]hell|POSIX) [Ss]cript(?:s|ing)?|POSIX sh",
        "path **/*.sh **/*.bash **/*.bats",
        "shell|posix",
    ),
)
_DATA = (
    Technology(
        r"SQL(?! [Ii]njection)|(?:Postgre|My|T-)SQL|PL/SQL|SQLite|MariaDB|CockroachDB|Liquibase|Flyway",
        "path **/*.sql",
        "postgres|mssql",
    ),
    Technology(r"Cassandra", "path **/*.cql; library cassandra; may **/*.py"),
    Technology(r"Neo4j", "path **/*.cypher **/*.cql; library neo4j; script neo4j-driver; may **/*.py **/*.ts **/*.js"),
    Technology(r"GraphQL", "path **/*.graphql **/*.gql"),
    Technology(r"gRPC|Protocol Buffers|[Pp]rotobuf", "path **/*.proto"),
    Technology(
        r"OpenAPI|Swagger",
        rf"path **/openapi*.* **/swagger*.*; {_YAML} **/*.json; token ^\s*[\"']?(?:openapi|swagger)[\"']?:",
    ),
    Technology(r"Mermaid", "path **/*.mmd **/*.mermaid"),
)
_OPERATIONS = (
    Technology(r"Terraform|OpenTofu", "path **/*.tf **/*.tfvars"),
    Technology(r"Terragrunt", "path **/*.hcl **/*.tf"),
    Technology(r"Bicep", "path **/*.bicep"),
    Technology(r"CloudFormation", rf"{_YAML}; token ^AWSTemplateFormatVersion:"),
    Technology(r"Pulumi", "path **/Pulumi*.y*ml; library pulumi; script @pulumi; may **/*.py **/*.ts"),
    Technology(r"Ansible", "path **/ansible/** **/playbooks/** **/roles/** **/playbook*.y*ml **/site.yml"),
    Technology(
        r"Docker(?: Compose|file)?", "path **/*Dockerfile* **/docker-compose*.y*ml **/compose*.y*ml **/.dockerignore"
    ),
    Technology(
        r"Kubernetes|Helm|Istio",
        rf"path **/k8s/** **/kubernetes/** **/charts/** **/kustomization.y*ml; {_YAML}; token ^apiVersion:",
        "k8s",
    ),
    Technology(r"GitHub Actions", "path .github/workflows/* **/action.y*ml"),
    Technology(r"GitLab CI(?:/CD)?", "path **/.gitlab-ci.yml"),
    Technology(r"CircleCI", "path .circleci/*"),
    Technology(r"Jenkins", "path **/Jenkinsfile* **/*.jenkinsfile"),
    Technology(r"Prometheus", "path **/prometheus*.y*ml **/*.rules.y*ml **/alertmanager*.y*ml"),
)
TECHNOLOGIES = (PYTHON, *FRAMEWORKS, *LIBRARIES, *SCIENCE, *_ANYWHERE, *_SCRIPTED, *_COMPILED, *_DATA, *_OPERATIONS)
ANYWHERE = frozenset(_ANYWHERE)
# What agents of any kind name beside their own business.
ACCESSORIES = frozenset((*_ANYWHERE, *_DATA, *_OPERATIONS))
# What an agent's name says where neither it nor its introduction names any technology.
_ROLE = (
    r" (?:admin\w*|analyst|architect|automator|developer|engineer|expert|optimizer|pro|reviewer|scientist|specialist)"
)
DOMAINS = (
    Technology(
        r"front ?end",
        "path **/*.html **/*.css **/*.scss **/*.tsx **/*.jsx **/*.vue **/*.svelte **/static/**/*.js **/public/**/*.js; "
        f"{_SCRIPTS}; npm react vue svelte @angular",
    ),
    Technology(r"mobile", "path **/*.swift **/*.kt **/*.dart; may **/*.tsx **/*.ts **/*.js; npm react-native"),
    Technology(r"embedded|firmware|cortex", "path **/*.c **/*.h **/*.cpp **/*.hpp **/*.ino"),
    Technology(rf"(?<!vector )(?:database|db){_ROLE}|dba", "path **/*.sql **/migrations/**"),
    Technology(
        rf"(?:devops|deployment|ci ?cd){_ROLE}",
        "path **/*Dockerfile* **/docker-compose*.y*ml **/compose*.y*ml .github/workflows/* **/.gitlab-ci.yml "
        f"**/Jenkinsfile* **/*.tf **/k8s/** **/charts/**; {_YAML}; token ^apiVersion:",
    ),
    Technology(
        rf"(?:data|ml|machine learning|deep learning|reinforcement learning|ai|nlp|llm|mlops|quant){_ROLE}",
        "path **/*.ipynb; may **/*.py; "
        "import pandas numpy sklearn torch tensorflow transformers openai langchain airflow pyspark",
    ),
)

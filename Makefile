# Two commands matter: `make demo` and `make test`. The rest is for those who build.
PY := .venv/bin/python
UV := .venv/bin/uv
PORT ?= 8000
export UV_PYTHON_DOWNLOADS = never

.PHONY: demo test check bench lock clean

.venv/.ready: requirements.lock pyproject.toml package-lock.json
	test -x $(PY) || python3 -m venv .venv
	test -x $(UV) || .venv/bin/pip install --quiet --disable-pip-version-check uv==0.13.9
	$(UV) pip sync --quiet --compile-bytecode --python $(PY) --require-hashes requirements.lock
	$(UV) pip install --quiet --python $(PY) --no-deps --no-build-isolation -e .
	$(PY) -m bihuan.config.frontend
	$(PY) -m bihuan.config.languages
	touch $@

demo: .venv/.ready
	.venv/bin/bihuan demo --port $(PORT) $(if $(HEADLESS),--headless)

test: .venv/.ready
	sh tests/browser/install.sh
	$(PY) -m pytest

check: .venv/.ready
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/bihuan check --source

bench: .venv/.ready
	$(UV) pip install --quiet --python $(PY) --no-deps -r benchmarks/requirements.lock
	$(PY) -m benchmarks

lock:
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --extra dev --extra spark pyproject.toml -o requirements.lock
	$(UV) pip compile --quiet --universal --generate-hashes --no-header --extra bench --constraint requirements.lock pyproject.toml -o benchmarks/requirements.lock

clean:
	rm -rf .venv var node_modules src/bihuan/desk/static/lib

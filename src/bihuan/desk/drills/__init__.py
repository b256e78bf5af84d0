"""Pages of the drill room: rehearse a protocol with other numbers, watch it, set rehearsals side by side, propose."""

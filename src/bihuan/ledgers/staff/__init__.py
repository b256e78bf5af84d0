"""队伍: members, posts, rota and the journal."""

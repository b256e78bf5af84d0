"""日报告、零报告 and urgent reports on the desk."""

"""The office: people, rights, library, jobs; the JSON API and all SQL. It may import server, generation and dsp, and knows no page."""

"""`sonicforge ctl`: one question to a station's control socket, the answer in plain words or as JSON."""

"""The source port: PUT and SOURCE as Icecast takes them, from BUTT, Mixxx, Liquidsoap and FFmpeg."""

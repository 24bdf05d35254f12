"""How the studio's airings were received: who heard them and how long, told by each front, and what it teaches the composer."""

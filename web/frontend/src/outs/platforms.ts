import type { Platform } from "./outs";

interface Told {
  title: string;
  /** How an operator comes by the stream key, step by step. */
  steps: readonly string[];
  /** Where that is; empty: nowhere in particular. */
  page: string;
  /** Whether everybody has an address of his own there, which must be told beside the key. */
  ownAddress: boolean;
}

/** What is known of the platforms; the server's side is server/rtmp/presets.py. */
export const PLATFORMS: Record<Platform, Told> = {
  youtube: {
    title: "YouTube",
    steps: ["Open YouTube Studio.", "Choose Create, then Go live, then Stream.", "Copy the stream key."],
    page: "https://studio.youtube.com",
    ownAddress: false,
  },
  twitch: {
    title: "Twitch",
    steps: ["Open the Creator Dashboard.", "Choose Settings, then Stream.", "Copy the primary stream key."],
    page: "https://dashboard.twitch.tv/settings/stream",
    ownAddress: false,
  },
  kick: {
    title: "Kick",
    steps: ["Open the Creator Dashboard.", "Choose Settings, then Stream URL and Key.", "Copy both: the address is your own."],
    page: "https://dashboard.kick.com",
    ownAddress: true,
  },
  custom: {
    title: "Another server",
    steps: ["Ask whoever runs it for an RTMP address, like rtmps://host/app, and a stream key."],
    page: "",
    ownAddress: true,
  },
};

import { Type } from "typebox";

import { map, optional, text, time, toggle } from "./fields.ts";

/** `maintenance:` of a Cluster or a Node. `whose` completes the sentence for editors. */
export function maintenance(whose: string) {
  return Type.Union(
    [
      toggle({
        description: "true is legal, but says neither why nor until when.",
        default: false,
        examples: [false],
      }),
      map(
        {
          reason: optional(
            text({ description: "Why, for whoever finds the banner.", examples: ["switch swap"] }),
          ),
          until: optional(
            time({
              description:
                "When it ends by itself: RFC 3339 with a zone. Left out: until the field is removed.",
              examples: ["2026-11-21T06:00:00Z"],
            }),
          ),
        },
        { description: "Maintenance with a reason, an end, or both.", examples: [{ reason: "switch swap" }] },
        { minProperties: 1 },
      ),
    ],
    {
      description: `While it is on, ${whose} No fencing and no takeover happen; what you ask for still does.`,
      default: false,
      examples: [{ reason: "switch swap", until: "2026-11-21T06:00:00Z" }],
    },
  );
}

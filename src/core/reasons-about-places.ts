// Reasons about where a mesh is, and what is passed over for that, a part of the registry in reasons.ts.

/** A part of all reasons. */
export const reasonsAboutPlaces = {
  SourceAmbiguous: {
    meaning: 'More than one object could be the source mesh; a warning where all of them are in one namespace.',
    remedy: 'Name the one to leave in spec.source.',
  },
  TargetAmbiguous: {
    meaning: 'More than one namespace could be that of the target’s control plane.',
    remedy: 'Name it in spec.target.',
  },
  NamespacePassedOver: {
    meaning: 'A wave selects a namespace that is not moved, because something in it looks like the source mesh.',
    remedy: 'Name the namespace of the source mesh in spec.source, or leave this one out of the wave’s selector.',
  },
} as const;

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
    meaning: 'A wave selects a namespace that is not moved: the operator never touches it, or a control plane is in it.',
    remedy: 'Leave it out of the wave’s selector, or name the control plane in spec.source where the message says so.',
  },
} as const;

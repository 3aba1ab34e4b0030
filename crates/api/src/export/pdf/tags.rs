//! What each piece of a page is: the tree that a screen reader walks. Kept flat while
//! pages are laid out and drawn, and made a tree once at the end, so that nothing is
//! copied twice however long the record is.

use krilla::tagging::{Identifier, Node, TagGroup, TagKind, TagTree};

/// One node of the tree. A node is made after its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NodeId(usize);

struct Tagged {
    kind: TagKind,
    parent: Option<NodeId>,
    /// The pieces of pages that belong to it itself; they come before its children.
    leaves: Vec<Node>,
}

/// All nodes, in reading order.
#[derive(Default)]
pub(super) struct Tags(Vec<Tagged>);

impl Tags {
    /// A new last child of `parent`, or of the document.
    pub(super) fn add(&mut self, parent: Option<NodeId>, kind: impl Into<TagKind>) -> NodeId {
        self.0.push(Tagged { kind: kind.into(), parent, leaves: Vec::new() });
        NodeId(self.0.len() - 1)
    }

    /// Says that a piece of a page belongs to `node`.
    pub(super) fn mark(&mut self, node: NodeId, piece: Identifier) {
        if let Some(tagged) = self.0.get_mut(node.0) {
            tagged.leaves.push(piece.into());
        }
    }

    /// The tree.
    pub(super) fn tree(self) -> TagTree {
        let mut tree = TagTree::new().with_lang(Some("en".to_owned()));
        let mut children: Vec<Vec<Node>> = self.0.iter().map(|_| Vec::new()).collect();
        let mut roots: Vec<Node> = Vec::new();
        // From the last to the first: a node is whole before its parent takes it.
        for (at, tagged) in self.0.into_iter().enumerate().rev() {
            let mut own = children.pop().unwrap_or_default();
            own.reverse();
            let mut all = tagged.leaves;
            all.append(&mut own);
            let node = Node::Group(TagGroup::with_children(tagged.kind, all));
            debug_assert!(tagged.parent.is_none_or(|parent| parent.0 < at), "parents come first");
            match tagged.parent.and_then(|parent| children.get_mut(parent.0)) {
                Some(siblings) => siblings.push(node),
                None => roots.push(node),
            }
        }
        roots.into_iter().rev().for_each(|node| tree.push(node));
        tree
    }
}

#[cfg(test)]
mod tests {
    use krilla::tagging::Tag;

    use super::*;

    #[test]
    fn children_stand_in_the_order_in_which_they_were_added() {
        let mut tags = Tags::default();
        let first = tags.add(None, Tag::Section);
        let one = tags.add(Some(first), Tag::P);
        tags.add(Some(first), Tag::Caption);
        tags.add(Some(one), Tag::Span);
        tags.add(None, Tag::Div);
        let told = |node: &Node| match node {
            Node::Group(group) => (std::mem::discriminant(&group.tag), group.children.len()),
            Node::Leaf(_) => unreachable!("there is no leaf"),
        };
        let tree = tags.tree();
        let kind = |tag: TagKind| std::mem::discriminant(&tag);
        let roots: Vec<_> = tree.children.iter().map(told).collect();
        assert_eq!(roots, [(kind(Tag::Section.into()), 2), (kind(Tag::Div.into()), 0)]);
        let Some(Node::Group(section)) = tree.children.first() else { unreachable!() };
        let below: Vec<_> = section.children.iter().map(told).collect();
        assert_eq!(below, [(kind(Tag::P.into()), 1), (kind(Tag::Caption.into()), 0)]);
    }
}

import { Component, type ComponentClass, type FunctionComponent, h } from 'preact';

/** The same view, drawn again only when a prop is another value than before (compared by identity). */
export function memo<P extends object>(view: FunctionComponent<P>): ComponentClass<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !sameProps(this.props, next);
    }

    override render() {
      return h(view, this.props);
    }
  };
}

function sameProps(a: object, b: object): boolean {
  const before = Object.entries(a);
  const after = new Map(Object.entries(b));
  return before.length === after.size && before.every(([key, value]) => Object.is(after.get(key), value));
}

/** What GraphiQL shows first: works on an empty gateway too. */
export const STARTER_QUERY = `# Sessions, newest first, with their last turns.
query Sessions {
  sessions(limit: 5) {
    id
    userId
    lastSeq
    events(last: 3) {
      seq
      authorName
      content { text }
    }
  }
}
`;

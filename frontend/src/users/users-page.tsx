import { type SubmitEvent, useState } from "react";
import { fieldMessage } from "../api/problem";
import type { Role, User } from "../api/types";
import { useUser } from "../session/session";
import { Empty, Failure, Loading } from "../ui/async-state";
import { formText } from "../ui/form-text";
import { Dialog } from "../ui/dialog";
import { Field, Select } from "../ui/field";
import { LoadMore } from "../ui/load-more";
import { usePageTitle } from "../ui/page-title";
import { ProblemNotice } from "../ui/problem-notice";
import { TableFrame } from "../ui/table-frame";
import { useCreateUser, useSetDisabled, useUsers } from "./queries";

/** Administration of users: list, create, disable. */
export function UsersPage() {
  usePageTitle("Users");
  const users = useUsers();
  const [isCreating, setCreating] = useState(false);
  return (
    <section>
      <div className="title-row">
        <h1>Users</h1>
        <button type="button" className="button primary" onClick={() => setCreating(true)}>
          New user
        </button>
      </div>
      {users.isPending && <Loading what="users" />}
      {users.isError && <Failure error={users.error} retry={users.refetch} />}
      {users.isSuccess && users.items.length === 0 && <Empty>There are no users.</Empty>}
      {users.items.length > 0 && <UserTable users={users.items} />}
      <LoadMore {...users} />
      {isCreating && <CreateDialog onClose={() => setCreating(false)} />}
    </section>
  );
}

function UserTable({ users }: { users: User[] }) {
  return (
    <TableFrame>
      <table>
        <thead>
          <tr>
            <th scope="col">User name</th>
            <th scope="col">Full name</th>
            <th scope="col">Role</th>
            <th scope="col">State</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {users.map((user) => (
            <UserRow key={user.id} user={user} />
          ))}
        </tbody>
      </table>
    </TableFrame>
  );
}

function UserRow({ user }: { user: User }) {
  const setDisabled = useSetDisabled(user);
  const isSelf = useUser()?.id === user.id;
  return (
    <tr>
      <td>{user.username}</td>
      <td>{user.full_name}</td>
      <td>{user.role}</td>
      <td>{user.disabled ? "disabled" : "active"}</td>
      <td>
        {!isSelf && (
          <button
            type="button"
            className="button"
            disabled={setDisabled.isPending}
            onClick={() => setDisabled.mutate(!user.disabled)}
            aria-label={`${user.disabled ? "Enable" : "Disable"} ${user.username}`}
          >
            {user.disabled ? "Enable" : "Disable"}
          </button>
        )}
        {setDisabled.error && <ProblemNotice error={setDisabled.error} />}
      </td>
    </tr>
  );
}

function CreateDialog({ onClose }: { onClose: () => void }) {
  const create = useCreateUser(onClose);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    create.mutate({
      username: formText(form, "username").trim(),
      full_name: formText(form, "full_name").trim(),
      role: form.get("role") as Role,
      password: formText(form, "password"),
    });
  };
  const error = (field: string) => fieldMessage(create.error, field);
  return (
    <Dialog title="New user" onClose={onClose}>
      <form onSubmit={submit} className="stack">
        <Field label="User name" name="username" autoComplete="off" error={error("username")} required />
        <Field label="Full name" name="full_name" autoComplete="off" error={error("full_name")} required />
        <Select label="Role" name="role" defaultValue="clinician">
          <option value="viewer">Viewer: reads</option>
          <option value="clinician">Clinician: all clinical work</option>
          <option value="admin">Administrator: everything</option>
        </Select>
        <Field
          label="First password"
          name="password"
          type="password"
          autoComplete="new-password"
          error={error("password")}
          required
        />
        {create.error && <ProblemNotice error={create.error} />}
        <div>
          <button type="submit" className="button primary" disabled={create.isPending}>
            Create user
          </button>
        </div>
      </form>
    </Dialog>
  );
}

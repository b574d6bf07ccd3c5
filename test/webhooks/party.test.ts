import t from 'tap'
import { judgeStanding } from '../../src/webhooks/party.ts'

const standing = { isReader: true, isParty: true, parkId: 'prk_1', membership: 'active', isMember: true }

t.test('whoever is still a reader, a party and a member is told', async t => {
  t.equal(judgeStanding(standing), undefined)
})

t.test('each thing that has ended since is named', async t => {
  t.equal(judgeStanding({ ...standing, isReader: false }), 'not_a_reader')
  t.equal(judgeStanding({ ...standing, isParty: false }), 'not_a_party')
  t.equal(judgeStanding({ ...standing, membership: 'suspended' }), 'membership_suspended')
  t.equal(judgeStanding({ ...standing, membership: null, isMember: false }), 'not_a_member')
})

t.test('a vendor of another park that a network scenario found is told, and so is anybody about no park', async t => {
  t.equal(judgeStanding({ ...standing, membership: null }), undefined)
  t.equal(judgeStanding({ ...standing, parkId: null, membership: null, isMember: false }), undefined)
})
